"""An async source: read as slowly as its items are dealt with, and no slower."""

import pytest

from dojo.instruments.service import Service
from katas.k504_bounded_fan_out.bounded import bounded_map
from tests.k504_bounded_fan_out.calls import results_of, starts
from tests.k504_bounded_fan_out.sources import BareIterator, LikeAQuerySet, Source

SPARE = 2


@pytest.mark.task(4)
@pytest.mark.parametrize("kind", ["async source", "async iterator without aclose()"])
async def test_items_may_come_from_an_async_source(service: Service, kind: str) -> None:
    """Every item of an async iterable is called, and the results are in their order."""
    service.takes({0: 0.4, 1: 0.3})
    items = Source(service, range(6), every=0.01)
    source = items if kind == "async source" else BareIterator(items)

    call = f"bounded_map(fetch, {kind} of 6 items, limit=3)"
    results = await results_of(call, bounded_map(service.fetch, source, limit=3), task=4)

    expected = [service.answers[item] for item in range(6)]
    assert results == expected, service.explain(
        call,
        observed=f"returned {results!r}",
        expected=f"{expected!r}",
        task=4,
    )


@pytest.mark.task(4)
@pytest.mark.parametrize("limit", [1, 2, 5])
async def test_the_limit_holds_for_an_async_source(service: Service, limit: int) -> None:
    """As many calls are in flight as the limit says, not more and not fewer."""
    call = f"bounded_map(fetch, async source of 10 items, limit={limit})"
    mapping = bounded_map(service.fetch, Source(service, range(10)), limit=limit)
    await results_of(call, mapping, task=4)

    assert service.peak_in_flight == limit, service.explain(
        call,
        expected=f"at most {limit} in flight, and {limit} at some moment",
        task=4,
    )


@pytest.mark.task(4)
async def test_an_item_is_called_as_soon_as_it_is_there(service: Service) -> None:
    """With a slot free, a call starts when its item comes, and waits for no other item."""
    service.takes(0.5)
    source = Source(service, range(4), every=0.1)

    call = "bounded_map(fetch, async source with an item every 0.1 s, limit=4)"
    await results_of(call, bounded_map(service.fetch, source, limit=4), task=4)

    seen = list(starts(service).values())
    expected = [0.1, 0.2, 0.3, 0.4]
    assert seen == expected, service.explain(
        call,
        observed=f"the calls started at {seen} s",
        expected=f"a start when an item comes, at {expected} s",
        task=4,
    )


@pytest.mark.task(4)
@pytest.mark.parametrize("limit", [1, 3])
async def test_takes_items_only_when_there_is_room(service: Service, limit: int) -> None:
    """At most `limit` + 2 items are taken whose calls have not ended."""
    source = Source(service, range(20))

    call = f"bounded_map(fetch, async source of 20 items, limit={limit})"
    await results_of(call, bounded_map(source.fetch, source, limit=limit), task=4)

    assert source.most_ahead <= limit + SPARE, service.explain(
        call,
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
