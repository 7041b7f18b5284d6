"""Waits for the slowest of each chunk before the next one starts."""

import asyncio
from collections.abc import AsyncIterable


async def bounded_map(call, source, *, limit):
    if limit < 1:
        raise ValueError("limit must be 1 or more")
    results, chunk = [], []
    async for item in one_by_one(source):
        chunk.append(item)
        if len(chunk) == limit:
            results += await settled(call, chunk)
            chunk = []
    return results + await settled(call, chunk)


async def settled(call, chunk):
    async def outcome(item):
        try:
            return await call(item)
        except Exception as error:
            return error

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(outcome(item)) for item in chunk]
    return [task.result() for task in tasks]


async def one_by_one(source):
    if isinstance(source, AsyncIterable):
        async for item in source:
            yield item
    else:
        for item in source:
            yield item
