"""Two bridges between sync and async code. Edit this file; the brief is in README.md."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from typing import TypeVar

from katas.k405_no_deadlock_bridge.core import Sheet, aload

T = TypeVar("T")


def load(slug: str) -> Sheet:
    """Return what ``await aload(slug)`` returns, to sync code; raise what that raises.

    TODO (tasks 1 to 5).

    Raises:
        RuntimeError: An event loop runs on this thread; the message says ``await aload``.
    """
    return asyncio.run(aload(slug))


async def each(items: Iterable[T]) -> AsyncGenerator[T, None]:
    """Yield the items of a sync iterable to async code, each when it is asked for.

    TODO (task 6): the iterable may block, call `load` and use the ORM. A generator whose reader
    leaves early is closed.
    """
    raise NotImplementedError("task 6: iterate in a thread")
    yield  # makes it a generator
