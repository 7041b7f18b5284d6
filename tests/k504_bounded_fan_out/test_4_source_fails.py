"""A source that raises: the calls end at once, and its error comes out."""

import asyncio
import gc
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from dojo.instruments.service import Service
from katas.k504_bounded_fan_out.bounded import bounded_map
from tests.k504_bounded_fan_out.calls import (
    ONE_HAS_FAILED,
    TROUBLES,
    Calls,
    first_of,
)
from tests.k504_bounded_fan_out.failing import check_none_goes_on
from tests.k504_bounded_fan_out.sources import Source

#: With the second one all slots are taken when the source fails.
LIMITS = (5, 3)


class RegisterDownError(RuntimeError):
    """What a source raises."""


@dataclass
class End:
    """What came of a map whose source failed.

    Attributes:
        how: "RegisterDownError", or what else became of it.
        cleaned: The items whose call had been cancelled, and had cleaned up, when it ended.
    """

    how: str
    cleaned: list[Any]


async def mapped(calls: Calls, source: Any, *, limit: int) -> End:
    """Map *source* to its end, and wait until all that was left running has ended, too."""
    try:
        ended = f"it returned {await bounded_map(calls.fetch, source, limit=limit)!r}"
    except NotImplementedError:
        raise
    except (Exception, asyncio.CancelledError) as error:
        ended = name_of(error)
    cleaned = sorted(calls.cleaned)
    await asyncio.sleep(4)  # what was left running comes to its end
    gc.collect()  # a coroutine that nobody awaited is this test's
    return End(ended, cleaned)


def name_of(error: BaseException) -> str:
    """Return the name of the source's error if it is in a group, else that of the first error."""
    if isinstance(error, BaseExceptionGroup):
        error = error.subgroup(RegisterDownError) or error
    return type(first_of(error)).__name__


def failing(service: Service, trouble: str = "") -> Source:
    """Return a source that yields an item every 0.1 s, three in all, and then fails, at 0.4 s."""
    service.takes({0: 0.05 if trouble == ONE_HAS_FAILED else 1, 1: 2.1, 2: 2.2})
    return Source(service, range(3), every=0.1, error=RegisterDownError("page 2"))


def call_of(limit: int, trouble: str = "") -> str:
    """Return the call as a message has it."""
    call = f"bounded_map(fetch, async source that fails after 3 items, limit={limit})"
    return f"{call}, where {trouble}" if trouble else call


@pytest.mark.task(4)
@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("trouble", TROUBLES)
async def test_an_error_of_the_source_comes_out(service: Service, limit: int, trouble: str) -> None:
    """What the source raises is no result: the map raises it, whatever calls raise."""
    end = await mapped(Calls(service, trouble), failing(service, trouble), limit=limit)

    assert end.how == "RegisterDownError", service.explain(
        call_of(limit, trouble), observed=f"ended: {end.how}", expected="RegisterDownError", task=4
    )


@pytest.mark.task(4)
async def test_a_source_that_fails_at_once(service: Service) -> None:
    """When the source fails before its first item, its error comes out as well."""
    source = Source(service, [], error=RegisterDownError("page 1"))
    end = await mapped(Calls(service), source, limit=3)

    assert end.how == "RegisterDownError", (
        "bounded_map(fetch, async source that fails before its first item, limit=3) ended: "
        f"{end.how}; expected RegisterDownError. (task 4)"
    )


@pytest.mark.task(4)
@pytest.mark.parametrize("trouble", TROUBLES)
async def test_an_error_of_the_source_ends_the_calls(service: Service, trouble: str) -> None:
    """When the source fails, the calls in flight are cancelled, and have cleaned up at the end."""
    calls = Calls(service, trouble)
    end = await mapped(calls, failing(service, trouble), limit=5)

    in_flight = [1, 2] if trouble == ONE_HAS_FAILED else [0, 1, 2]
    left = [item for item in calls.begun if item not in [*calls.failed, *end.cleaned]]
    assert end.cleaned == in_flight, service.explain(
        f"{call_of(5, trouble)}, its calls in flight",
        observed=f"cancelled and cleaned up by the time it ended: {end.cleaned}"
        + (f"; {calls.fate(left)}" if left else ""),
        expected=str(in_flight),
        task=4,
    )


@pytest.mark.task(4)
@pytest.mark.parametrize("limit", LIMITS)
async def test_that_is_at_once(service: Service, limit: int) -> None:
    """No call goes on when the source has failed, whether a slot is free or not."""
    source = failing(service)
    await mapped(Calls(service), source, limit=limit)

    assert source.failed_at is not None, service.explain(
        call_of(limit), observed="the source was not read to its end", expected="it to be", task=4
    )
    check_none_goes_on(f"{call_of(limit)}, whose source fails", service, source.failed_at)


@pytest.mark.task(4)
async def test_a_generator_that_fails(service: Service) -> None:
    """An error of a source that is not asynchronous comes out as well, and ends the calls."""
    calls, failed_at = Calls(service), 0.0

    def links() -> Iterator[int]:
        nonlocal failed_at
        yield from range(3)
        failed_at = round(float(service.elapsed), 3)
        raise RegisterDownError("page 2")

    service.takes({0: 1, 1: 2.1, 2: 2.2})
    end = await mapped(calls, links(), limit=2)

    call = "bounded_map(fetch, generator that fails after 3 items, limit=2)"
    assert end.how == "RegisterDownError", service.explain(
        call, observed=f"ended: {end.how}", expected="RegisterDownError", task=4
    )
    check_none_goes_on(f"{call}, which fails", service, failed_at)
    left = [item for item in calls.cancelled if item not in end.cleaned]
    assert not left, service.explain(
        f"{call}, which fails at {failed_at} s",
        observed=calls.fate(left),
        expected="it to wait for that",
        task=4,
    )
