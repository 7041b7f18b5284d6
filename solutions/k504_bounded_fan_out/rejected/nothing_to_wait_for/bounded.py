"""Waits for its calls when it has made none."""

import asyncio
from collections.abc import AsyncIterable


async def bounded_map(call, source, *, limit):
    if limit < 1:
        raise ValueError("limit must be 1 or more")
    slots = asyncio.Semaphore(limit)

    async def outcome(item):
        try:
            return await call(item)
        except Exception as error:
            return error
        finally:
            slots.release()

    tasks = []
    try:
        async for item in one_by_one(source):
            await slots.acquire()
            tasks.append(asyncio.create_task(outcome(item)))
        for task in tasks:
            await asyncio.wait({task})
        return [task.result() for task in tasks]
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        raise


async def one_by_one(source):
    if isinstance(source, AsyncIterable):
        async for item in source:
            yield item
    else:
        for item in source:
            yield item
