"""Written from the inside: a coroutine for `load`, and an island that catches the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator
from typing import TypeVar

from asgiref.sync import async_to_sync, sync_to_async

from katas.k405_no_deadlock_bridge.core import Sheet, aload

T = TypeVar("T")


class CalledFromAsyncCode(RuntimeError):
    """A sync function was called where its coroutine could have been awaited."""


def runs_a_loop() -> bool:
    """Say whether this thread is busy with an event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def load(slug: str) -> Sheet:
    """Return the sheet of an article, to sync code."""
    if runs_a_loop():
        raise CalledFromAsyncCode("load() is for sync code; in async code, write `await aload()`.")

    async def make() -> Sheet:
        return await aload(slug)

    return async_to_sync(make)()


@sync_to_async
def start(items: Iterable[T]) -> Iterator[T]:
    """Begin, which may already send a query."""
    return iter(items)


@sync_to_async
def step(iterator: Iterator[T]) -> tuple[bool, T | None]:
    """Return whether there was an item, and the item."""
    try:
        return True, next(iterator)
    except StopIteration:
        return False, None


async def each(items: Iterable[T]) -> AsyncGenerator[T, None]:
    """Yield the items, each when it is asked for."""
    iterator = await start(items)
    try:
        while True:
            there, item = await step(iterator)
            if not there:
                return
            yield item  # type: ignore[misc]
    finally:
        # A generator whose reader has left early is closed where its connection is.
        if close := getattr(iterator, "close", None):
            await sync_to_async(close)()
