"""`fetch_all`: everything at once, in order, errors included."""

import asyncio
import threading

import pytest

from dojo.instruments.service import Service
from katas.k102_fan_out.views import fetch_all

KEYS = ["city", "sport", "culture", "science", "weather"]
# More than anybody would take for a limit without saying so.
MANY = 60


class DeskError(Exception):
    """What a desk answers with when it has no answer."""


@pytest.mark.task(1)
async def test_returns_what_the_service_answers(service: Service) -> None:
    """Every key is fetched, and the results are what the service answered."""
    results = await fetch_all(service, KEYS)

    assert service.calls == len(KEYS), service.explain(
        f"fetch_all({KEYS})", expected=f"{len(KEYS)} calls", task=1
    )
    expected = [service.answers[key] for key in KEYS]
    assert sorted(map(str, results)) == sorted(expected), service.explain(
        f"fetch_all({KEYS})",
        observed=f"returned {results!r}",
        expected=f"what the service answered, {expected!r}",
        task=1,
    )


@pytest.mark.task(1)
async def test_all_calls_are_in_flight_together(service: Service) -> None:
    """At one moment all calls are in flight, so the whole takes as long as the slowest."""
    keys = [f"desk {number}" for number in range(1, MANY + 1)]
    service.takes({key: 0.1 * (1 + place % 4) for place, key in enumerate(keys)})

    await fetch_all(service, keys)

    assert service.peak_in_flight == MANY, service.explain(
        f"fetch_all({MANY} keys)", expected=f"{MANY} calls in flight together", task=1
    )
    assert service.elapsed == 0.4, service.explain(
        f"fetch_all({MANY} keys)", expected="0.4 s in all, as long as the slowest call", task=1
    )


@pytest.mark.task(1)
async def test_calls_run_on_the_servers_own_loop(service: Service) -> None:
    """No call is moved to another thread or another event loop."""
    await fetch_all(service, KEYS)

    here = threading.current_thread().name
    used = {str(span.thread) for span in service.timeline.spans}
    assert used == {here}, service.explain(
        f"fetch_all({KEYS})",
        observed=f"the calls ran on {', '.join(sorted(used))}",
        expected=f"all of them on {here}, the thread of the server's event loop",
        task=1,
    )


@pytest.mark.task(2)
async def test_results_are_in_the_order_of_the_keys(service: Service) -> None:
    """The first key's answer comes first, even if it was the last to arrive."""
    service.takes({"city": 0.3, "sport": 0.2, "culture": 0.1})

    results = await fetch_all(service, ["city", "sport", "culture"])

    expected = [service.answers[key] for key in ("city", "sport", "culture")]
    assert list(results) == expected, service.explain(
        "fetch_all(['city', 'sport', 'culture'])",
        observed=f"returned {results!r}",
        expected=f"{expected!r}, the answers in the order of the keys",
        task=2,
    )


@pytest.mark.task(2)
async def test_a_key_given_twice_has_two_results(service: Service) -> None:
    """There are as many results as keys."""
    results = await fetch_all(service, ["sport", "city", "sport"])

    expected = [service.answers[key] for key in ("sport", "city", "sport")]
    assert sorted(map(str, results)) == sorted(expected), service.explain(
        "fetch_all(['sport', 'city', 'sport'])",
        observed=f"returned {results!r}",
        expected="two results for 'sport' and one for 'city'",
        task=2,
    )


@pytest.mark.task(3)
async def test_error_of_one_call_comes_out(service: Service) -> None:
    """When one call fails, `fetch_all` fails with that error."""
    error = DeskError("the sport desk does not answer")
    service.fails("sport", error)

    try:
        results = await fetch_all(service, KEYS)
    except* DeskError as group:
        raised = group.exceptions
    else:
        pytest.fail(
            f"fetch_all({KEYS}) returned {results!r} although the call for 'sport' failed; "
            "expected its error to come out."
        )
    finally:
        await asyncio.sleep(1)  # `gather` lets the other calls run on; here they come to their end

    assert error in raised, f"fetch_all({KEYS}) raised {raised!r}; expected {error!r}."
    labels = [span.label for span in service.timeline.spans]
    assert len(labels) == len(set(labels)), service.explain(
        f"fetch_all({KEYS}), of which 'sport' fails", expected="no key asked twice", task=3
    )


@pytest.mark.task(3)
async def test_no_keys_no_calls(service: Service) -> None:
    """Without keys the result is empty, and nothing is called."""
    results = await fetch_all(service, [])

    assert list(results) == [], f"fetch_all([]) returned {results!r}; expected []."
    assert service.calls == 0, service.explain("fetch_all([])", expected="no call", task=3)
