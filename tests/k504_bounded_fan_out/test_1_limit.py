"""The limit: as many calls as it says, never more, and never fewer while there is work."""

import asyncio
import threading

import pytest

from dojo.instruments.service import Service
from katas.k504_bounded_fan_out.bounded import bounded_map
from tests.k504_bounded_fan_out.calls import results_of, starts

LIMITS = (1, 2, 3, 7)
TEN = [f"link {number}" for number in range(10)]


@pytest.mark.task(1)
async def test_every_item_is_called_once(service: Service) -> None:
    """There is one call for each item, on the caller's event loop, and its answer is returned."""
    call = "bounded_map(fetch, 10 items, limit=3)"
    results = await results_of(call, bounded_map(service.fetch, TEN, limit=3), task=1)

    assert service.calls == 10, service.explain(call, expected="10 calls", task=1)
    expected = sorted(service.answers[item] for item in TEN)
    assert sorted(map(str, results)) == expected, service.explain(
        call,
        observed=f"returned {results!r}",
        expected=f"what the calls returned, {expected!r}",
        task=1,
    )
    here = threading.current_thread().name
    used = {str(span.thread) for span in service.timeline.spans}
    assert used == {here}, service.explain(
        call,
        observed=f"the calls ran on {', '.join(sorted(used))}",
        expected=f"all of them on {here}, the thread of the caller's event loop",
        task=1,
    )


@pytest.mark.task(1)
@pytest.mark.parametrize("limit", LIMITS)
async def test_never_more_in_flight_than_the_limit(service: Service, limit: int) -> None:
    """At no moment are more than `limit` calls in flight."""
    call = f"bounded_map(fetch, 10 items, limit={limit})"
    await results_of(call, bounded_map(service.fetch, TEN, limit=limit), task=1)

    assert service.peak_in_flight <= limit, service.explain(
        call, expected=f"at most {limit} in flight", task=1
    )


@pytest.mark.task(1)
@pytest.mark.parametrize("limit", LIMITS)
async def test_as_many_in_flight_as_the_limit(service: Service, limit: int) -> None:
    """At some moment there are `limit` calls in flight."""
    call = f"bounded_map(fetch, 10 items, limit={limit})"
    await results_of(call, bounded_map(service.fetch, TEN, limit=limit), task=1)

    assert service.peak_in_flight >= limit, service.explain(
        call, expected=f"{limit} in flight together", task=1
    )


@pytest.mark.task(1)
async def test_fewer_items_than_the_limit(service: Service) -> None:
    """With room for all, all items are called at once, and that is it."""
    call = "bounded_map(fetch, 3 items, limit=20)"
    results = await results_of(call, bounded_map(service.fetch, TEN[:3], limit=20), task=1)

    assert service.elapsed == 0.2, service.explain(call, expected="0.2 s in all", task=1)
    assert len(results) == 3, f"{call} returned {results!r}; expected 3 results. (task 1)"


@pytest.mark.task(1)
async def test_a_freed_slot_is_used_at_once(service: Service) -> None:
    """When a call ends the next one starts, whatever the others do."""
    service.takes({"slow": 0.613, "a": 0.137, "b": 0.171, "c": 0.119, "d": 0.1})

    items = ["slow", "a", "b", "c", "d"]
    call = f"bounded_map(fetch, {items}, limit=2)"
    await results_of(call, bounded_map(service.fetch, items, limit=2), task=1)

    seen = starts(service)
    expected = {
        "fetch('slow')": 0,
        "fetch('a')": 0,
        "fetch('b')": 0.137,
        "fetch('c')": 0.308,
        "fetch('d')": 0.427,
    }
    assert seen == expected, service.explain(
        call,
        observed=f"the calls started at {list(seen.values())} s",
        expected=f"a start when a call ends, at {list(expected.values())} s",
        task=1,
    )


@pytest.mark.task(1)
async def test_each_map_has_a_limit_of_its_own(service: Service) -> None:
    """Two maps that run at the same time have `limit` calls in flight each."""
    maps = [bounded_map(service.fetch, items, limit=2) for items in (TEN[:5], TEN[5:])]

    call = "two bounded_map(fetch, 5 items, limit=2) at once"
    await asyncio.gather(*(results_of(call, each, task=1) for each in maps))

    assert service.peak_in_flight == 4, service.explain(
        call, expected="4 calls in flight together, 2 of each map", task=1
    )


@pytest.mark.task(1)
@pytest.mark.parametrize("limit", [0, -1])
async def test_a_limit_below_one_is_refused(service: Service, limit: int) -> None:
    """A limit of 0 or less is a ValueError, and nothing is called or taken."""
    items = iter(TEN)

    try:
        results = await bounded_map(service.fetch, items, limit=limit)
    except ValueError:
        pass
    else:
        pytest.fail(
            f"bounded_map(fetch, 10 items, limit={limit}) returned {results!r}; expected "
            "ValueError. (task 1)"
        )

    assert service.calls == 0, service.explain(
        f"bounded_map(fetch, 10 items, limit={limit})", expected="no call", task=1
    )
    left = len(list(items))
    assert left == 10, (
        f"bounded_map(fetch, 10 items, limit={limit}) took {10 - left} items; expected none. "
        "(task 1)"
    )
