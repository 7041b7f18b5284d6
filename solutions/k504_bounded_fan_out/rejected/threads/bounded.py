"""A thread and an event loop for each call."""

import asyncio
from collections.abc import AsyncIterable
from concurrent.futures import ThreadPoolExecutor


async def bounded_map(call, source, *, limit):
    if limit < 1:
        raise ValueError("limit must be 1 or more")
    loop, pool = asyncio.get_running_loop(), ThreadPoolExecutor(limit)
    slots = asyncio.Semaphore(limit)

    async def outcome(item):
        try:
            return await loop.run_in_executor(pool, asyncio.run, call(item))
        except Exception as error:
            return error
        finally:
            slots.release()

    tasks = []
    async with asyncio.TaskGroup() as group:
        async for item in one_by_one(source):
            await slots.acquire()
            tasks.append(group.create_task(outcome(item)))
    pool.shutdown(wait=False)
    return [task.result() for task in tasks]


async def one_by_one(source):
    if isinstance(source, AsyncIterable):
        async for item in source:
            yield item
    else:
        for item in source:
            yield item
