"""What the tests share: lines that are published, and subscribers that are read dry."""

import asyncio
import inspect
import weakref
from collections.abc import Iterable, Sequence

import pytest

from katas.k603_slow_consumer.commentary import Line, Missed
from katas.k603_slow_consumer.hub import Hub, Subscription

Item = Line | Missed

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
    return Line(number, f"minute {number * 3}")


def publish(hub: Hub, first: int, last: int | None = None) -> list["weakref.ref[Line]"]:
    """Publish lines *first* to *last* in one go; return them, held by nobody here."""
    __tracebackhide__ = True
    published = []
    for number in range(first, (first if last is None else last) + 1):
        new = line(number)
        published.append(weakref.ref(new))
        returned: object = hub.publish(new)  # type: ignore[func-returns-value]
        if returned is not None:
            if inspect.iscoroutine(returned):
                returned.close()
            pytest.fail(
                f"hub.publish(line {number}) returned {type(returned).__name__!r}; expected a "
                "plain function that is done when it returns, with None. (task 2)",
                pytrace=False,
            )
    return published


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
