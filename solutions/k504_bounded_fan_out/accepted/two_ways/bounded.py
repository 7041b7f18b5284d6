"""A list is no burden: `gather`. From an async source an item is taken when a slot is free."""

import asyncio


async def bounded_map(call, source, *, limit):
    if limit < 1:
        raise ValueError("limit must be 1 or more")
    slots = asyncio.Semaphore(limit)

    async def with_slot(item):
        async with slots:
            return await call(item)

    async def slot_taken(item):
        try:
            return await call(item)
        finally:
            slots.release()

    if not hasattr(source, "__aiter__"):
        items = list(source)  # if that fails, no coroutine has been made
        return await asyncio.gather(*map(with_slot, items), return_exceptions=True)

    tasks = []
    try:
        items = aiter(source)
        while True:
            await slots.acquire()
            try:
                item = await anext(items)
            except StopAsyncIteration:
                break
            tasks.append(asyncio.create_task(slot_taken(item)))
        return await asyncio.gather(*tasks, return_exceptions=True)
    finally:
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
