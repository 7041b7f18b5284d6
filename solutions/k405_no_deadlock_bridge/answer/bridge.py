"""Two bridges between sync and async code."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator, Iterable
from typing import Any, TypeVar

from asgiref.sync import async_to_sync, sync_to_async

from katas.k405_no_deadlock_bridge.core import Sheet, aload

T = TypeVar("T")
NO_MORE: Any = object()


def load(slug: str) -> Sheet:
    """Return what ``await aload(slug)`` returns, to sync code; raise what that raises.

    Raises:
        RuntimeError: An event loop runs on this thread; the message says ``await aload``.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        pass
    else:
        raise RuntimeError(
            f"load({slug!r}) would block this thread's event loop: write `await aload({slug!r})`."
        )
    return async_to_sync(aload)(slug)


async def each(items: Iterable[T]) -> AsyncGenerator[T, None]:
    """Yield the items of a sync iterable to async code, each when it is asked for."""
    iterator = await sync_to_async(lambda: iter(items))()

    @sync_to_async
    def step() -> T:
        # StopIteration cannot pass through a future, so the end has to be a value.
        return next(iterator, NO_MORE)

    try:
        while (item := await step()) is not NO_MORE:
            yield item
    finally:
        # The reader may have left: its `finally` may need the connection, too.
        if isinstance(iterator, Generator):
            await sync_to_async(iterator.close)()
