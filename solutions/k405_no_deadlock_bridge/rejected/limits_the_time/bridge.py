"""A time-out, so that a deadlock can't last."""

import asyncio

from asgiref.sync import async_to_sync, sync_to_async

from katas.k405_no_deadlock_bridge.core import aload

NO_MORE = object()


async def aload_soon(slug):
    async with asyncio.timeout(5):
        return await aload(slug)


def load(slug):
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        pass
    else:
        raise RuntimeError(f"load({slug!r}) blocks the event loop: await aload({slug!r})")
    return async_to_sync(aload_soon)(slug)


async def each(items):
    iterator = await sync_to_async(iter)(items)
    try:
        while (item := await sync_to_async(next)(iterator, NO_MORE)) is not NO_MORE:
            yield item
    finally:
        if close := getattr(iterator, "close", None):
            await sync_to_async(close)()
