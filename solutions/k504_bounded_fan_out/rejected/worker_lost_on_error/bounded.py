"""The loop of a worker is inside of its try: an error ends the worker."""

import asyncio
from collections.abc import AsyncIterable


END = object()


async def bounded_map(call, source, *, limit):
    if limit < 1:
        raise ValueError("limit must be 1 or more")
    results = {}
    numbered = enumerate_async(source)
    turn = asyncio.Lock()

    async def next_or_end():
        async with turn:
            async for numbered_item in numbered:
                return numbered_item
        return END

    async def worker():
        entry = await next_or_end()
        try:
            while entry is not END:
                results[entry[0]] = await call(entry[1])
                entry = await next_or_end()
        except Exception as error:
            results[entry[0]] = error

    async with asyncio.TaskGroup() as group:
        for _ in range(limit):
            group.create_task(worker())
    return [results[place] for place in sorted(results)]


async def enumerate_async(source):
    place = 0
    async for item in one_by_one(source):
        yield place, item
        place += 1


async def one_by_one(source):
    if isinstance(source, AsyncIterable):
        async for item in source:
            yield item
    else:
        for item in source:
            yield item
