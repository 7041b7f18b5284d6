"""Tells the workers by None that there is nothing more to do."""

import asyncio
from collections.abc import AsyncIterable


async def bounded_map(call, source, *, limit):
    if limit < 1:
        raise ValueError("limit must be 1 or more")
    queue = asyncio.Queue(maxsize=1)
    places, results = [], {}

    async def read():
        async for item in one_by_one(source):
            await queue.put(item)
        for _ in range(limit):
            await queue.put(None)

    async def work():
        while (item := await queue.get()) is not None:
            place = len(places)
            places.append(item)
            try:
                results[place] = await call(item)
            except Exception as error:
                results[place] = error
            # What a cancelled call raises is nobody's result; to go on would be to call more.
            if asyncio.current_task().cancelling():
                raise asyncio.CancelledError

    async with asyncio.TaskGroup() as group:
        reader = group.create_task(read())
        workers = [group.create_task(work()) for _ in range(limit)]
        await asyncio.wait(workers)
        reader.cancel()
    return [results[place] for place in sorted(results)]


async def one_by_one(source):
    if isinstance(source, AsyncIterable):
        async for item in source:
            yield item
    else:
        for item in source:
            yield item
