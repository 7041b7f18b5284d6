"""An async source: what holds for a list holds for it, too."""

from typing import Any

import pytest

from dojo.instruments.service import Service
from katas.k504_bounded_fan_out.bounded import bounded_map
from tests.k504_bounded_fan_out.calls import results_of, starts
from tests.k504_bounded_fan_out.failing import SIX, check_all_are_called, check_slots_are_freed
from tests.k504_bounded_fan_out.sources import LikeAQuerySet, Source


@pytest.mark.task(4)
async def test_a_freed_slot_takes_the_next_item_at_once(service: Service) -> None:
    """Of an async source, too, the next item is called when a call ends, whatever the others do."""
    service.takes({"slow": 0.613, "a": 0.137, "b": 0.171, "c": 0.119, "d": 0.1})

    items = ["slow", "a", "b", "c", "d"]
    call = f"bounded_map(fetch, async source of {items}, limit=2)"
    mapping = bounded_map(service.fetch, Source(service, items), limit=2)
    await results_of(call, mapping, task=4)

    seen = list(starts(service).values())
    expected = [0, 0, 0.137, 0.308, 0.427]
    assert seen == expected, service.explain(
        call,
        observed=f"the calls started at {seen} s",
        expected=f"a start when a call ends, at {expected} s",
        task=4,
    )


@pytest.mark.task(4)
async def test_items_of_an_async_source_may_be_anything(service: Service) -> None:
    """None is an item of an async source, too; so is a list, and one that is there twice."""
    items: list[Any] = ["b", None, 0, "a", [], "b", False]

    async def fetch(item: Any) -> str:
        return await service.fetch(repr(item))

    call = f"bounded_map(fetch, async source of {items!r}, limit=3)"
    results = await results_of(call, bounded_map(fetch, Source(service, items), limit=3), task=4)

    expected = [service.answers[repr(item)] for item in items]
    assert results == expected, service.explain(
        call,
        observed=f"returned {results!r}",
        expected=f"{expected!r}, one result for each item",
        task=4,
    )


@pytest.mark.task(4)
async def test_no_items_in_an_async_source(service: Service) -> None:
    """Of an async source without items, too, the result is an empty list."""
    for kind, source in (
        ("async source without items", Source(service, [])),
        ("what is empty and has both __iter__ and __aiter__", LikeAQuerySet([])),
    ):
        call = f"bounded_map(fetch, {kind}, limit=3)"
        results = await results_of(call, bounded_map(service.fetch, source, limit=3), task=4)

        assert results == [], f"{call} returned {results!r}; expected []. (task 4)"


@pytest.mark.task(4)
async def test_more_errors_than_slots_with_an_async_source(service: Service) -> None:
    """However many calls fail, every item of an async source is called."""
    await check_all_are_called(service, Source(service, SIX), "async source", task=4)


@pytest.mark.task(4)
async def test_an_error_frees_its_slot_for_an_async_source(service: Service) -> None:
    """When a call fails, the next item of an async source is called at that moment."""
    await check_slots_are_freed(service, Source(service, SIX), "async source", task=4)


@pytest.mark.task(4)
@pytest.mark.parametrize("limit", [0, -1])
async def test_a_limit_below_one_takes_no_item(service: Service, limit: int) -> None:
    """With an async source, too, a limit of 0 or less is a ValueError, and nothing is taken."""
    source = Source(service, range(10))
    call = f"bounded_map(fetch, async source of 10 items, limit={limit})"

    try:
        results = await bounded_map(service.fetch, source, limit=limit)
    except ValueError:
        pass
    else:
        pytest.fail(f"{call} returned {results!r}; expected ValueError. (task 4)")

    assert (int(service.calls), source.taken) == (0, 0), (
        f"{call}: {int(service.calls)} calls were made, and {source.taken} items taken; expected "
        "neither. (task 4)"
    )
