"""Gives the slots of a list back in a `finally`, and those of an async source behind the call."""

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

    async def outcome_of_async(item):
        try:
            result = await call(item)
            slots.release()
            return result
        except Exception as error:
            return error

    tasks = []
    async with asyncio.TaskGroup() as group:
        if isinstance(source, AsyncIterable):
            async for item in source:
                await slots.acquire()
                tasks.append(group.create_task(outcome_of_async(item)))
        else:
            for item in source:
                await slots.acquire()
                tasks.append(group.create_task(outcome(item)))
    return [task.result() for task in tasks]
