"""Errors of the calls: each stands for its result, and none costs a slot."""

import pytest

from dojo.instruments.service import Service
from katas.k504_bounded_fan_out.bounded import bounded_map
from tests.k504_bounded_fan_out.calls import starts

SIX = ["a", "b", "c", "d", "e", "f"]


class NoAnswerError(Exception):
    """What a call raises."""


def without_answer(service: Service, items: list[str]) -> dict[str, NoAnswerError]:
    """Make the calls for *items* fail, and return what each of them raises."""
    errors = {item: NoAnswerError(item) for item in items}
    for item, error in errors.items():
        service.fails(item, error)
    return errors


@pytest.mark.task(3)
async def test_an_error_stands_for_its_result(service: Service) -> None:
    """What a call raises is in the place of its result; the others are as they were."""
    errors = without_answer(service, ["b", "e"])

    try:
        results = await bounded_map(service.fetch, SIX, limit=3)
    except* NoAnswerError as group:
        pytest.fail(
            f"bounded_map(fetch, {SIX}, limit=3), where 'b' and 'e' fail, raised "
            f"{group.exceptions!r}; expected these errors among the results. (task 3)"
        )

    expected = [errors.get(item) or service.answers[item] for item in SIX]
    assert results == expected, service.explain(
        f"bounded_map(fetch, {SIX}, limit=3), where 'b' and 'e' fail",
        observed=f"returned {results!r}",
        expected=f"{expected!r}",
        task=3,
    )


@pytest.mark.task(3)
async def test_more_errors_than_slots(service: Service) -> None:
    """However many calls fail, every item is called."""
    without_answer(service, SIX[:4])

    try:
        await bounded_map(service.fetch, SIX, limit=2)
    except* NoAnswerError:
        pass  # another test is about that

    assert service.calls == 6, service.explain(
        f"bounded_map(fetch, {SIX}, limit=2), where {SIX[:4]} fail", expected="6 calls", task=3
    )


@pytest.mark.task(3)
async def test_an_error_frees_its_slot(service: Service) -> None:
    """When a call fails the next one starts at that moment, in its place."""
    without_answer(service, ["a", "b"])
    service.takes({"a": 0.113, "b": 0.157})

    try:
        await bounded_map(service.fetch, SIX, limit=3)
    except* NoAnswerError:
        pass  # another test is about that

    seen = list(starts(service).values())
    expected = [0, 0, 0, 0.113, 0.157, 0.2]
    assert seen == expected, service.explain(
        f"bounded_map(fetch, {SIX}, limit=3), where 'a' and 'b' fail at 0.113 and 0.157 s",
        observed=f"the calls started at {seen} s",
        expected=f"a start when a call ends, at {expected} s",
        task=3,
    )
