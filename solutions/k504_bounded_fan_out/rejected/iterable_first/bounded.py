"""Looks for Iterable first, and a QuerySet is one."""

import asyncio
from collections.abc import Iterable


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
        async for item in iterable_first(source):
            await slots.acquire()
            tasks.append(group.create_task(outcome(item)))
    return [task.result() for task in tasks]


async def iterable_first(source):
    if isinstance(source, Iterable):
        for item in source:
            yield item
    else:
        async for item in source:
            yield item
