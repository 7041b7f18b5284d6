"""What the tests share: lines that are published, and subscribers that are read dry."""

import asyncio
import gc
import inspect
import weakref
from collections.abc import Iterable, Sequence
from typing import Protocol

import pytest

from katas.k603_slow_consumer.commentary import Line, Missed
from katas.k603_slow_consumer.hub import Subscription

Item = Line | Missed


class Counts(Protocol):
    """A hub, as far as these tests publish on it and count who is subscribed."""

    @property
    def readers(self) -> int:
        """How many are subscribed."""

    def publish(self, line: Line) -> None:
        """Hand *line* to all of them."""


class Text(str):
    """The text of a line; unlike `str`, it can be seen whether it is still in memory."""


#: Nobody has that much to read here; only an answer that never ends gets so far.
MANY = 200

#: When it is over, on the virtual clock, nothing can run any more without time passing. While a
#: timer is set, what polls instead of waiting is found out sooner than by `settle`.
INSTANT_S = 1e-6


async def at_once() -> None:
    """Let everything run that can run at once."""
    await asyncio.sleep(INSTANT_S)


def line(number: int) -> Line:
    """Return line *number* of the commentary."""
    return Line(number, Text(f"minute {number * 3}"))


Published = list["weakref.ref[str]"]


def publish(hub: Counts, first: int, last: int | None = None) -> Published:
    """Publish lines *first* to *last* in one go; return their texts, held by nobody here."""
    __tracebackhide__ = True
    published = []
    for number in range(first, (first if last is None else last) + 1):
        new = line(number)
        published.append(weakref.ref(new.text))
        returned: object = hub.publish(new)  # type: ignore[func-returns-value]
        if returned is not None:
            if inspect.iscoroutine(returned):
                returned.close()
            pytest.fail(
                f"hub.publish(line {number}) returned {type(returned).__name__!r}; expected a "
                "plain function that is done when it returns, with None. (tasks 1 and 2)",
                pytrace=False,
            )
    return published


def in_memory(published: Published) -> int:
    """Return how many of these lines are still in memory, or their texts."""
    gc.collect()
    return sum(text() is not None for text in published)


async def read(subscription: Subscription, most: int = MANY) -> list[Item]:
    """Return what `next()` gives without the passing of time, *most* items at most."""
    items: list[Item] = []
    while len(items) < most:
        reading = asyncio.ensure_future(subscription.next())
        await at_once()
        if not reading.done():
            reading.cancel()
            await asyncio.wait({reading})
            break
        items.append(reading.result())
    return items


async def take_and_cancel(subscription: Subscription, turns: int) -> list[Item]:
    """Call `next()`, and cancel it some turns of the loop later; return what it gave, if it did."""
    taking = asyncio.ensure_future(subscription.next())
    for _ in range(turns):
        await asyncio.sleep(0)
    taking.cancel()
    await asyncio.wait({taking})
    return [] if taking.cancelled() else [taking.result()]


def told(items: Iterable[object]) -> str:
    """Say what somebody got, for messages: `1, 2, Missed(3), 6`."""
    words = [
        str(item.number)
        if isinstance(item, Line)
        else f"Missed({item.count})"
        if isinstance(item, Missed)
        else repr(item)
        for item in items
    ]
    return f"[{', '.join(words)}]"


def check(what: str, items: Sequence[Item], expected: Sequence[int | Missed], task: int) -> None:
    """Fail if *items* are not what was expected; a number stands for the line with that number."""
    __tracebackhide__ = True
    wanted = [line(item) if isinstance(item, int) else item for item in expected]
    assert list(items) == wanted, (
        f"{what}: `next()` gave {told(items)}; expected {told(wanted)}. (task {task})"
    )


def check_account(what: str, items: Sequence[Item], last: int, kept: int, task: int) -> None:
    """Fail unless each line up to *last* is there in its place, or counted in its place.

    Args:
        kept: So many of the newest lines have to be there.
    """
    __tracebackhide__ = True
    position, seen = 0, []
    for item in items:
        if isinstance(item, Missed):
            position += item.count
            continue
        position += 1
        seen.append(item.number)
        assert item.number >= position, (
            f"{what}: `next()` gave {told(items)}; line {item.number} comes after what accounts "
            f"for lines 1 to {position - 1} already; expected it before that, or counted and not "
            f"given. (task {task})"
        )
        assert item == line(position), (
            f"{what}: `next()` gave {told(items)}; expected line {position} where line "
            f"{item.number} is, or a notice before it that counts what is missing there. "
            f"(task {task})"
        )
    assert position == last, (
        f"{what}: `next()` gave {told(items)}, which accounts for {position} lines; expected "
        f"{last}, each one there or counted. (task {task})"
    )
    newest = list(range(last - kept + 1, last + 1))
    assert seen[-kept:] == newest, (
        f"{what}: `next()` gave {told(items)}; expected the newest lines, {newest}, to be "
        f"there. (task {task})"
    )


def check_readers(what: str, hub: Counts, expected: int) -> None:
    """Fail if the hub counts others."""
    __tracebackhide__ = True
    readers = hub.readers
    assert readers == expected, (
        f"{what}: `hub.readers` is {readers!r}; expected {expected}. (task 5)"
    )
