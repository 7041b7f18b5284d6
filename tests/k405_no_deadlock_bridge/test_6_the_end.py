"""The end of a sync iterable whose reader leaves: what closes it, when, and on which thread."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import pytest

from dojo.instruments import learner
from katas.k405_no_deadlock_bridge.bridge import each
from tests.k405_no_deadlock_bridge.asking import in_time
from tests.k405_no_deadlock_bridge.reading import whereabouts

pytestmark = pytest.mark.database("file")

Leave = Callable[[Any], Any]


async def after_one_item(reader: Any) -> None:
    """Take one item, and leave."""
    await anext(reader)
    await reader.aclose()


async def during_a_step(number: int, reader: Any) -> str:
    """Be cancelled during that step, and leave; return how the loop ended."""

    async def read() -> None:
        async for _ in reader:
            pass

    reading = asyncio.create_task(read())
    # Each step takes a second.
    await asyncio.sleep(number - 0.5)
    reading.cancel()
    await asyncio.wait([reading])
    await reader.aclose()
    if reading.cancelled():
        return "by CancelledError"
    error = reading.exception()
    return f"by {learner.told(error)}" if error else "as after the last item"


@pytest.mark.task(6)
@pytest.mark.parametrize(
    ("name", "leave", "how"),
    [
        ("pages()", after_one_item, "one item"),
        ("shelf", after_one_item, "one item"),
        ("pages()", partial(during_a_step, 1), "cancelled during its first step"),
        ("pages()", partial(during_a_step, 2), "cancelled during its second step"),
    ],
    ids=["generator", "iterated by a generator", "during the first step", "during a step"],
)
async def test_closes_a_generator_that_is_left(name: str, leave: Leave, how: str) -> None:
    """When its reader leaves, a generator is closed, on the thread of the sync code."""
    where = await whereabouts()
    closed: list[str] = []

    def pages() -> Iterator[int]:
        try:
            for number in (1, 2):
                time.sleep(1)
                yield number
        finally:
            closed.append(where())

    class Shelf:
        def __iter__(self) -> Iterator[int]:
            return pages()

    make: Callable[[], Iterable[int]] = Shelf if name == "shelf" else pages
    situation = f"each({name}), {how}, then `aclose()`"
    try:
        await in_time(situation, leave(aiter(each(make()))))
    except Exception as error:
        pytest.fail(
            f"{situation}: {learner.told(error)}\nExpected it to return.",
            pytrace=False,
        )

    assert closed == ["sync"], (
        f"{situation}: when that had returned, the `finally` of pages had run on the threads "
        f"{closed!r}; expected ['sync'], the thread of the sync code."
    )


@pytest.mark.task(6)
@pytest.mark.parametrize("number", [1, 2])
async def test_a_cancelled_reader_is_cancelled(number: int) -> None:
    """A reader that is cancelled during a step does not take that for the end of the items."""

    def pages() -> Iterator[int]:
        for page in (1, 2, 3):
            time.sleep(1)
            yield page

    situation = f"async for … in each(pages()), cancelled during step {number}"
    how = await in_time(situation, during_a_step(number, aiter(each(pages()))))

    assert how == "by CancelledError", (
        f"{situation}: the loop ended {how}; expected CancelledError."
    )


@pytest.mark.task(6)
async def test_an_error_of_finally_comes_out() -> None:
    """What a generator's `finally` raises, when its reader leaves, comes out of `aclose`."""
    error = LookupError("no such drawer")
    came: list[object] = []

    def pages() -> Iterator[int]:
        try:
            yield from (1, 2, 3)
        finally:
            raise error

    async def leave() -> None:
        reader: Any = aiter(each(pages()))
        came.append(await anext(reader))
        await reader.aclose()

    try:
        await in_time("each(pages()), left after one item", leave())
    except Exception as raised:
        came.append(raised)

    assert came == [1, error], (
        f"each(pages()), whose `finally` raises {error!r}, one item, then `aclose()`, "
        f"gave {came!r}; expected {[1, error]!r}."
    )
