"""A queue with room for as many items as are in flight: twice the load."""

import asyncio
from collections.abc import AsyncIterable


END = object()


async def bounded_map(call, source, *, limit):
    if limit < 1:
        raise ValueError("limit must be 1 or more")
    queue = asyncio.Queue(maxsize=limit)
    results = []

    async def read():
        async for item in one_by_one(source):
            results.append(None)
            await queue.put((len(results) - 1, item))
        for _ in range(limit):
            await queue.put((-1, END))

    async def work():
        while (entry := await queue.get())[1] is not END:
            place, item = entry
            try:
                results[place] = await call(item)
            except Exception as error:
                results[place] = error
            # What a cancelled call raises is nobody's result; to go on would be to call more.
            if asyncio.current_task().cancelling():
                raise asyncio.CancelledError

    async with asyncio.TaskGroup() as group:
        group.create_task(read())
        for _ in range(limit):
            group.create_task(work())
    return results


async def one_by_one(source):
    if isinstance(source, AsyncIterable):
        async for item in source:
            yield item
    else:
        for item in source:
            yield item
