"""Two threads for loops whose queries come back; four deep, a third is needed."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import async_to_sync, sync_to_async

from katas.k405_no_deadlock_bridge.core import aload

NO_MORE = object()
POOL = ThreadPoolExecutor(max_workers=2)


async def in_the_pool(slug):
    return await sync_to_async(asyncio.run, thread_sensitive=False, executor=POOL)(aload(slug))


def load(slug):
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        pass
    else:
        raise RuntimeError(f"load({slug!r}) blocks the event loop: await aload({slug!r})")
    return async_to_sync(in_the_pool)(slug)


async def each(items):
    iterator = await sync_to_async(iter)(items)
    try:
        while (item := await sync_to_async(next)(iterator, NO_MORE)) is not NO_MORE:
            yield item
    finally:
        if close := getattr(iterator, "close", None):
            await sync_to_async(close)()
