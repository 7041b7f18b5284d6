"""Makes the coroutine, and then waits for its slot: who is cancelled there has one to spare."""

import asyncio
from collections.abc import AsyncIterable


async def bounded_map(call, source, *, limit):
    if limit < 1:
        raise ValueError("limit must be 1 or more")
    slots = asyncio.Semaphore(limit)

    async def outcome(called):
        try:
            return await called
        except Exception as error:
            return error
        finally:
            slots.release()

    tasks = []
    async with asyncio.TaskGroup() as group:
        async for item in one_by_one(source):
            called = call(item)
            await slots.acquire()
            tasks.append(group.create_task(outcome(called)))
    return [task.result() for task in tasks]


async def one_by_one(source):
    if isinstance(source, AsyncIterable):
        async for item in source:
            yield item
    else:
        for item in source:
            yield item
