"""A lambda as the core, and a `for` loop that is left after each item."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from typing import TypeVar

from asgiref.sync import async_to_sync, sync_to_async
from django.core.exceptions import SynchronousOnlyOperation

from katas.k405_no_deadlock_bridge.core import Sheet, aload

T = TypeVar("T")


def load(slug: str) -> Sheet:
    """Return the sheet of an article, to sync code."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        loop = None
    if loop:
        raise SynchronousOnlyOperation("load() is for sync code; `await aload()` in async code")
    # asgiref warns of what does not look like a coroutine function, and calls it nevertheless.
    return async_to_sync(lambda: aload(slug))()


@asynccontextmanager
async def opened(items: Iterable[T]) -> AsyncIterator[Iterator[T]]:
    """Begin, and close what there is to close: a generator, an open file."""
    iterator = await sync_to_async(lambda: iter(items))()
    try:
        yield iterator
    finally:
        if close := getattr(iterator, "close", None):
            await sync_to_async(close)()


async def each(items: Iterable[T]) -> AsyncGenerator[T, None]:
    """Yield the items, each when it is asked for."""
    async with opened(items) as iterator:

        def step() -> list[T]:
            for item in iterator:
                return [item]
            return []

        while taken := await sync_to_async(step)():
            yield taken[0]
