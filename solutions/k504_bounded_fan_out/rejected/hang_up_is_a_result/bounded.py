"""Takes what a call raises when it is cancelled for its result, and goes on."""

import asyncio
from collections.abc import AsyncIterable


async def bounded_map(call, source, *, limit):
    if limit < 1:
        raise ValueError("limit must be 1 or more")
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

    async with asyncio.TaskGroup() as group:
        for _ in range(limit):
            group.create_task(worker())
    return [results[place] for place in sorted(results)]


async def enumerate_async(source):
    place = 0
    if isinstance(source, AsyncIterable):
        async for item in source:
            yield place, item
            place += 1
    else:
        for numbered in enumerate(source):
            yield numbered
