"""A plain loop in async code."""

import asyncio

from asgiref.sync import async_to_sync

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
    for item in items:
        yield item
