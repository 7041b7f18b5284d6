"""An async source: read as slowly as its items are dealt with, and no slower."""

import asyncio

import pytest

from dojo.instruments.service import Service
from katas.k504_bounded_fan_out.bounded import bounded_map
from tests.k504_bounded_fan_out.calls import Calls, results_of, starts
from tests.k504_bounded_fan_out.sources import LikeAQuerySet, Source

SPARE = 2


class RegisterDownError(Exception):
    """What a source raises."""


@pytest.mark.task(4)
async def test_items_may_come_from_an_async_source(service: Service) -> None:
    """Every item of an async generator is called, and the results are in their order."""
    service.takes({0: 0.4, 1: 0.3})
    source = Source(service, range(6), every=0.01)

    results = await bounded_map(service.fetch, source, limit=3)

    expected = [service.answers[item] for item in range(6)]
    assert results == expected, service.explain(
        "bounded_map(fetch, async source of 6 items, limit=3)",
        observed=f"returned {results!r}",
        expected=f"{expected!r}",
        task=4,
    )


@pytest.mark.task(4)
@pytest.mark.parametrize("limit", [1, 2, 5])
async def test_the_limit_holds_for_an_async_source(service: Service, limit: int) -> None:
    """As many calls are in flight as the limit says, not more and not fewer."""
    await bounded_map(service.fetch, Source(service, range(10)), limit=limit)

    assert service.peak_in_flight == limit, service.explain(
        f"bounded_map(fetch, async source of 10 items, limit={limit})",
        expected=f"at most {limit} in flight, and {limit} at some moment",
        task=4,
    )


@pytest.mark.task(4)
async def test_an_item_is_called_as_soon_as_it_is_there(service: Service) -> None:
    """With a slot free, a call starts when its item comes, and waits for no other item."""
    service.takes(0.5)
    source = Source(service, range(4), every=0.1)

    await bounded_map(service.fetch, source, limit=4)

    seen = list(starts(service).values())
    expected = [0.1, 0.2, 0.3, 0.4]
    assert seen == expected, service.explain(
        "bounded_map(fetch, async source with an item every 0.1 s, limit=4)",
        observed=f"the calls started at {seen} s",
        expected=f"a start when an item comes, at {expected} s",
        task=4,
    )


@pytest.mark.task(4)
@pytest.mark.parametrize("limit", [1, 3])
async def test_takes_items_only_when_there_is_room(service: Service, limit: int) -> None:
    """At most `limit` + 2 items are taken whose calls have not ended."""
    source = Source(service, range(20))

    await bounded_map(source.fetch, source, limit=limit)

    assert source.most_ahead <= limit + SPARE, service.explain(
        f"bounded_map(fetch, async source of 20 items, limit={limit})",
        observed=f"{source.most_ahead} items had been taken whose calls had not ended",
        expected=f"at most {limit + SPARE} such items, limit + {SPARE}",
        task=4,
    )


@pytest.mark.task(4)
async def test_what_is_both_is_read_asynchronously(service: Service) -> None:
    """What can be iterated both ways, as a QuerySet can, is iterated asynchronously."""
    call = "bounded_map(fetch, what has both __iter__ and __aiter__, limit=2)"
    both = LikeAQuerySet(range(5))

    results = await results_of(call, bounded_map(service.fetch, both, limit=2), task=4)

    expected = [service.answers[item] for item in range(5)]
    assert results == expected, service.explain(
        call,
        observed=f"returned {results!r}",
        expected=f"{expected!r}",
        task=4,
    )


async def mapped(calls: Calls) -> tuple[str, list[int]]:
    """Map a source that yields an item every 0.1 s, three in all, and then fails, at 0.4 s.

    Returns:
        What came of it, "RegisterDownError" or something else; and the items whose call had been
        cancelled, and had cleaned up, by then.
    """
    calls.service.takes(1)
    source = Source(calls.service, range(3), every=0.1, error=RegisterDownError("page 2"))
    try:
        ended = f"it returned {await bounded_map(calls.fetch, source, limit=5)!r}"
    except* RegisterDownError:
        ended = "RegisterDownError"
    except* asyncio.CancelledError:
        ended = "CancelledError"
    cleaned = sorted(calls.cleaned)
    await asyncio.sleep(2)  # what was left running comes to its end
    return ended, cleaned


FAILING = "bounded_map(fetch, async source that fails after 3 items, limit=5)"


@pytest.mark.task(4)
async def test_an_error_of_the_source_comes_out(service: Service) -> None:
    """What the source raises is no result: the map raises it."""
    ended, _ = await mapped(Calls(service))

    assert ended == "RegisterDownError", service.explain(
        FAILING, observed=f"ended: {ended}", expected="RegisterDownError", task=4
    )


@pytest.mark.task(4)
async def test_an_error_of_the_source_ends_the_calls(service: Service) -> None:
    """When the source fails, the calls in flight are cancelled, and have cleaned up at the end."""
    _, cleaned = await mapped(Calls(service))

    assert cleaned == [0, 1, 2], service.explain(
        f"{FAILING}, its calls in flight",
        observed=f"cancelled and cleaned up by the time it ended: {cleaned}",
        expected="[0, 1, 2]",
        task=4,
    )
