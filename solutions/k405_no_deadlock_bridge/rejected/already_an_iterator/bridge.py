"""Only what is an iterator already."""

import asyncio

from asgiref.sync import async_to_sync, sync_to_async

from katas.k405_no_deadlock_bridge.core import aload

NO_MORE = object()


def load(slug):
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        pass
    else:
        raise RuntimeError(f"load({slug!r}) blocks the event loop: await aload({slug!r})")
    return async_to_sync(aload)(slug)


async def each(items):
    try:
        while (item := await sync_to_async(next)(items, NO_MORE)) is not NO_MORE:
            yield item
    finally:
        if close := getattr(items, "close", None):
            await sync_to_async(close)()
