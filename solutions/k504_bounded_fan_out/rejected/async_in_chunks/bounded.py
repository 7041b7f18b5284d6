"""Has slots for a list, and chunks for an async source."""

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
        if isinstance(source, AsyncIterable):
            async for item in source:
                await slots.acquire()
                tasks.append(group.create_task(outcome(item)))
                if len(tasks) % limit == 0:
                    await asyncio.wait(tasks)
        else:
            for item in source:
                await slots.acquire()
                tasks.append(group.create_task(outcome(item)))
    return [task.result() for task in tasks]
