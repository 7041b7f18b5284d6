"""Closes its source, whether or not that can be closed."""

import asyncio
from collections.abc import AsyncIterable
from contextlib import aclosing


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
    items = aiter(source) if isinstance(source, AsyncIterable) else one_by_one(source)
    async with asyncio.TaskGroup() as group, aclosing(items):
        async for item in items:
            await slots.acquire()
            tasks.append(group.create_task(outcome(item)))
    return [task.result() for task in tasks]


async def one_by_one(source):
    for item in source:
        yield item
