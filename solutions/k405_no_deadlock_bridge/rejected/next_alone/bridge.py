"""`next` in a thread, and a StopIteration that can't come back."""

import asyncio

from asgiref.sync import async_to_sync, sync_to_async

from katas.k405_no_deadlock_bridge.core import aload


def load(slug):
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        pass
    else:
        raise RuntimeError(f"load({slug!r}) blocks the event loop: await aload({slug!r})")
    return async_to_sync(aload)(slug)


async def each(items):
    iterator = await sync_to_async(iter)(items)
    try:
        while True:
            try:
                item = await sync_to_async(next)(iterator)
            except StopIteration:
                return
            yield item
    finally:
        if close := getattr(iterator, "close", None):
            await sync_to_async(close)()
