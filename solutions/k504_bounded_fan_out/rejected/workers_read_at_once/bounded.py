"""Workers that ask one async generator for items at the same time."""

import asyncio
from collections.abc import AsyncIterable


async def bounded_map(call, source, *, limit):
    if limit < 1:
        raise ValueError("limit must be 1 or more")
    results = {}
    numbered = enumerate_async(source)

    async def worker():
        async for place, item in numbered:
            try:
                results[place] = await call(item)
            except Exception as error:
                results[place] = error

    async with asyncio.TaskGroup() as group:
        for _ in range(limit):
            group.create_task(worker())
    return [results[place] for place in sorted(results)]


async def enumerate_async(source):
    place = -1
    async for item in one_by_one(source):
        # Before the item is handed out, so that nobody gets the same place.
        place += 1
        yield place, item


async def one_by_one(source):
    if isinstance(source, AsyncIterable):
        async for item in source:
            yield item
    else:
        for item in source:
            yield item
