"""Asks whether the source is true to know whether there are items."""

import asyncio
from collections.abc import AsyncIterable


async def bounded_map(call, source, *, limit):
    if limit < 1:
        raise ValueError("limit must be 1 or more")
    if not source:
        return []
    tasks, running = [], set()
    try:
        async for item in one_by_one(source):
            if len(running) == limit:
                _, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            task = asyncio.create_task(call(item))
            tasks.append(task)
            running.add(task)
        await asyncio.wait(tasks)
        return [task.exception() or task.result() for task in tasks]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def one_by_one(source):
    if isinstance(source, AsyncIterable):
        async for item in source:
            yield item
    else:
        for item in source:
            yield item
