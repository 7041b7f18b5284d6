"""A queue of slots instead of a semaphore; a callback gives each slot back."""

import asyncio
from collections.abc import AsyncIterable
from contextlib import aclosing


async def bounded_map(call, source, *, limit):
    if limit < 1:
        raise ValueError("limit must be 1 or more")
    # Not filled in advance: a limit of a million costs nothing.
    taken = asyncio.Queue(maxsize=limit)
    outcomes = []

    async def outcome(item):
        try:
            return await call(item)
        except Exception as error:
            return error

    async with asyncio.TaskGroup() as group, aclosing(one_by_one(source)) as items:
        async for item in items:
            await taken.put(None)
            task = group.create_task(outcome(item))
            task.add_done_callback(lambda _: taken.get_nowait())
            outcomes.append(task)
    return [task.result() for task in outcomes]


async def one_by_one(source):
    if isinstance(source, AsyncIterable):
        async for item in source:
            yield item
    else:
        for item in source:
            yield item
