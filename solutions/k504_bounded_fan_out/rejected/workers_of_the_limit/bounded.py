"""Does not look at the limit: no workers, no work, no error."""

import asyncio
from collections.abc import AsyncIterable


async def bounded_map(call, source, *, limit):
    results = {}
    numbered = enumerate_async(source)
    turn = asyncio.Lock()

    async def worker():
        while True:
            async with turn:
                try:
                    place, item = await anext(numbered)
                except StopAsyncIteration:
                    return
            try:
                results[place] = await call(item)
            except Exception as error:
                results[place] = error
            # What a cancelled call raises is nobody's result; to go on would be to call more.
            if asyncio.current_task().cancelling():
                raise asyncio.CancelledError

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
