"""The order: results stand where their items stood, whatever these are."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from dojo.instruments.service import Service
from katas.k504_bounded_fan_out.bounded import bounded_map
from tests.k504_bounded_fan_out.calls import results_of


@pytest.mark.task(2)
async def test_results_are_in_the_order_of_the_items(service: Service) -> None:
    """The first item's result comes first, even if it was the last to arrive."""
    service.takes({"a": 0.3, "b": 0.2, "c": 0.1, "d": 0.1})

    call = "bounded_map(fetch, ['a', 'b', 'c', 'd'], limit=3)"
    results = await results_of(call, bounded_map(service.fetch, list("abcd"), limit=3), task=2)

    expected = [service.answers[item] for item in "abcd"]
    assert results == expected, service.explain(
        call,
        observed=f"returned {results!r}",
        expected=f"{expected!r}, a list in the order of the items",
        task=2,
    )


@pytest.mark.task(2)
async def test_items_may_come_from_a_generator(service: Service) -> None:
    """The items need not be a list: a generator does as well, read on the caller's thread."""
    call = "bounded_map(fetch, a generator of 5 items, limit=2)"
    readers = set()

    def items() -> Iterator[int]:
        for number in range(5):
            readers.add(threading.current_thread().name)
            yield number * 10

    results = await results_of(call, bounded_map(service.fetch, items(), limit=2), task=2)

    expected = [service.answers[number * 10] for number in range(5)]
    assert results == expected, service.explain(
        call,
        observed=f"returned {results!r}",
        expected=f"{expected!r}",
        task=2,
    )
    here = threading.current_thread().name
    assert readers == {here}, (
        f"{call}: the generator was read on {', '.join(sorted(readers))}; expected {here}, the "
        "caller's thread. (task 2)"
    )


@pytest.mark.task(2)
async def test_items_may_be_anything(service: Service) -> None:
    """None is an item, so is a list, and one that is there twice has two results."""
    items: list[Any] = ["b", None, 0, "a", [], "b", False]

    async def fetch(item: Any) -> str:
        return await service.fetch(repr(item))

    call = f"bounded_map(fetch, {items!r}, limit=3)"
    results = await results_of(call, bounded_map(fetch, items, limit=3), task=2)

    expected = [service.answers[repr(item)] for item in items]
    assert results == expected, service.explain(
        call,
        observed=f"returned {results!r}",
        expected=f"{expected!r}, one result for each item",
        task=2,
    )


@pytest.mark.task(2)
async def test_a_call_may_return_none(service: Service) -> None:
    """What a call returns may be None: that is a result like others."""

    async def probe(item: str) -> None:
        await service.fetch(item)

    call = "bounded_map(probe, ['a', 'b', 'c'], limit=2), where every probe returns None"
    results = await results_of(call, bounded_map(probe, ["a", "b", "c"], limit=2), task=2)

    assert results == [None, None, None], service.explain(
        call, observed=f"returned {results!r}", expected="[None, None, None]", task=2
    )


@pytest.mark.task(2)
async def test_no_items_no_calls(service: Service) -> None:
    """Without items the result is an empty list, and nothing is called."""
    call = "bounded_map(fetch, [], limit=3)"
    results = await results_of(call, bounded_map(service.fetch, [], limit=3), task=2)

    assert results == [], f"{call} returned {results!r}; expected []. (task 2)"
    assert service.calls == 0, service.explain(call, expected="no call", task=2)
