"""Django's own guard, around asgiref's own bridge."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import AsyncGenerator, Iterable
from typing import TypeVar

from asgiref.sync import async_to_sync, sync_to_async
from django.utils.asyncio import async_unsafe

from katas.k405_no_deadlock_bridge.core import Sheet, aload

T = TypeVar("T")


@async_unsafe("load() blocks the event loop of this thread: in async code, `await aload(…)`.")
def load(slug: str) -> Sheet:
    """Return the sheet of an article, to sync code."""
    return async_to_sync(aload)(slug)


async def each(items: Iterable[T]) -> AsyncGenerator[T, None]:
    """Yield the items; one that is there comes in a list, the end is an empty list."""
    iterator = await sync_to_async(iter)(items)

    def step() -> list[T]:
        return list(itertools.islice(iterator, 1))

    try:
        while step_taken := await sync_to_async(step)():
            yield step_taken[0]
    finally:
        if inspect.isgenerator(iterator):
            await sync_to_async(iterator.close)()
