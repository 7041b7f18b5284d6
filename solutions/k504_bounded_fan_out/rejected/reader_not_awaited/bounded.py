"""Cancels the task that reads, and does not wait for it."""

import asyncio
from collections.abc import AsyncIterable

END = object()


async def bounded_map(call, source, *, limit):
    if limit < 1:
        raise ValueError("limit must be 1 or more")
    items = one_by_one(source)

    async def next_or_end():
        async for item in items:
            return item
        return END

    calls, running = [], set()
    reading = asyncio.create_task(next_or_end())
    try:
        while reading or running:
            # Without a free slot an item that has been read stays where it is; an error does not.
            wait_for = running | ({reading} if reading and not reading.done() else set())
            await asyncio.wait(wait_for, return_when=asyncio.FIRST_COMPLETED)
            running = {task for task in running if not task.done()}
            if reading and reading.done() and (reading.exception() or len(running) < limit):
                item = reading.result()
                if item is END:
                    reading = None
                    continue
                task = asyncio.create_task(call(item))
                calls.append(task)
                running.add(task)
                reading = asyncio.create_task(next_or_end())
    finally:
        if reading:
            reading.cancel()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    return [task.exception() or task.result() for task in calls]


async def one_by_one(source):
    if isinstance(source, AsyncIterable):
        async for item in source:
            yield item
    else:
        for item in source:
            yield item
