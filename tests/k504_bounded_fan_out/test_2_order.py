"""The order: results stand where their items stood, whatever these are."""

from typing import Any

import pytest

from dojo.instruments.service import Service
from katas.k504_bounded_fan_out.bounded import bounded_map
from tests.k504_bounded_fan_out.calls import results_of


@pytest.mark.task(2)
async def test_results_are_in_the_order_of_the_items(service: Service) -> None:
    """The first item's result comes first, even if it was the last to arrive."""
    service.takes({"a": 0.3, "b": 0.2, "c": 0.1, "d": 0.1})

    results = await bounded_map(service.fetch, ["a", "b", "c", "d"], limit=3)

    expected = [service.answers[item] for item in "abcd"]
    assert results == expected, service.explain(
        "bounded_map(fetch, ['a', 'b', 'c', 'd'], limit=3)",
        observed=f"returned {results!r}",
        expected=f"{expected!r}, a list in the order of the items",
        task=2,
    )


@pytest.mark.task(2)
async def test_items_may_come_from_a_generator(service: Service) -> None:
    """The items need not be a list: a generator does as well."""
    call = "bounded_map(fetch, a generator of 5 items, limit=2)"
    items = (number * 10 for number in range(5))

    results = await results_of(call, bounded_map(service.fetch, items, limit=2), task=2)

    expected = [service.answers[number * 10] for number in range(5)]
    assert results == expected, service.explain(
        call,
        observed=f"returned {results!r}",
        expected=f"{expected!r}",
        task=2,
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
async def test_no_items_no_calls(service: Service) -> None:
    """Without items the result is an empty list, and nothing is called."""
    results = await bounded_map(service.fetch, [], limit=3)

    assert results == [], f"bounded_map(fetch, [], limit=3) returned {results!r}; expected []."
    assert service.calls == 0, service.explain(
        "bounded_map(fetch, [], limit=3)", expected="no call", task=2
    )
