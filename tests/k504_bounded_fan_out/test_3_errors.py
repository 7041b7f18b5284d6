"""Errors of the calls: each stands for its result, and none costs a slot."""

import pytest

from dojo.instruments.service import Service
from katas.k504_bounded_fan_out.bounded import bounded_map
from tests.k504_bounded_fan_out.calls import results_of
from tests.k504_bounded_fan_out.failing import (
    SIX,
    check_all_are_called,
    check_slots_are_freed,
    without_answer,
)


@pytest.mark.task(3)
async def test_an_error_stands_for_its_result(service: Service) -> None:
    """What a call raises is in the place of its result; the others are as they were."""
    errors = without_answer(service, ["b", "e"])
    call = f"bounded_map(fetch, {SIX}, limit=3), where 'b' and 'e' fail,"

    results = await results_of(
        call,
        bounded_map(service.fetch, SIX, limit=3),
        task=3,
        expected="these errors among the results",
    )

    expected = [errors.get(item) or service.answers[item] for item in SIX]
    assert results == expected, (
        f"{call} returned {results!r}; expected {expected!r}. (task 3)\n\n"
        f"{service.timeline.chart()}\n"
    )


@pytest.mark.task(3)
async def test_more_errors_than_slots(service: Service) -> None:
    """However many calls fail, every item is called."""
    await check_all_are_called(service, SIX, "a list", task=3)


@pytest.mark.task(3)
async def test_an_error_frees_its_slot(service: Service) -> None:
    """When a call fails the next one starts at that moment, in its place."""
    await check_slots_are_freed(service, SIX, "a list", task=3)
