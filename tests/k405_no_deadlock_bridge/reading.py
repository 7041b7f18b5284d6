"""What the tests of `each` share: going through an iterable, and telling which thread runs it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from dojo.instruments import learner
from katas.k405_no_deadlock_bridge.bridge import each
from tests.k405_no_deadlock_bridge.asking import in_time


async def sync_thread() -> int:
    """Return the thread that sync code of this task runs on, outside of a request."""
    return await sync_to_async(threading.get_ident)()


async def whereabouts() -> Callable[[], str]:
    """Return a function that says whose thread it runs on: sync code's, the loop's, another."""
    names = {threading.get_ident(): "loop", await sync_thread(): "sync"}
    return lambda: names.get(threading.get_ident(), "other")


async def gathered(name: str, items: Iterable[Any]) -> list[Any]:
    """Return the items of ``each(items)``; fail with how many came if it does not end well."""
    __tracebackhide__ = True
    came: list[Any] = []

    async def gather() -> None:
        async for item in each(items):
            came.append(item)

    try:
        await in_time(f"async for … in each({name})", gather())
    except (Exception, pytest.fail.Exception) as error:
        told = str(error) if isinstance(error, pytest.fail.Exception) else learner.told(error)
        if "StopIteration" in told or "deadlock" in told:
            told += (
                "\nStopIteration can't pass through a future; the end of the iterable has to come "
                "back as a value."
            )
        pytest.fail(
            f"async for … in each({name}), after {len(came)} items: {told}\n"
            "Expected all items, and then the end of the loop.",
            pytrace=False,
        )
    return came
