"""Notes dead links as they come, and sorts them."""

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
    async with asyncio.TaskGroup() as group:
        async for item in one_by_one(source):
            await slots.acquire()
            tasks.append(group.create_task(outcome(item)))
    return [task.result() for task in tasks]


async def one_by_one(source):
    if isinstance(source, AsyncIterable):
        async for item in source:
            yield item
    else:
        for item in source:
            yield item
