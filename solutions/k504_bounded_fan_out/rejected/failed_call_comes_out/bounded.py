"""Awaits the cancelled calls one by one, and those that had failed as well."""

import asyncio
from collections.abc import AsyncIterable
from contextlib import suppress


async def bounded_map(call, source, *, limit):
    if limit < 1:
        raise ValueError("limit must be 1 or more")
    slots = asyncio.Semaphore(limit)

    async def run(item):
        try:
            return await call(item)
        finally:
            slots.release()

    tasks = []
    try:
        async for item in one_by_one(source):
            await slots.acquire()
            tasks.append(asyncio.create_task(run(item)))
        return await asyncio.gather(*tasks, return_exceptions=True)
    except BaseException:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        raise


async def one_by_one(source):
    if isinstance(source, AsyncIterable):
        async for item in source:
            yield item
    else:
        for item in source:
            yield item
