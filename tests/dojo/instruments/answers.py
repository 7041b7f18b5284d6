"""Two right ways to make calls at once, and the wrong ones that a judgement must tell apart."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from dojo.instruments.service import Service

Answer = Callable[[Service, Iterable[int]], Awaitable[list[Any]]]


async def gathered(service: Service, keys: Iterable[int]) -> list[str]:
    """Right."""
    return await asyncio.gather(*(service.fetch(key) for key in keys))


async def grouped(service: Service, keys: Iterable[int]) -> list[str]:
    """Right."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(service.fetch(key)) for key in keys]
    return [task.result() for task in tasks]


async def sequential(service: Service, keys: Iterable[int]) -> list[str]:
    """Wrong: one after the other."""
    return [await service.fetch(key) for key in keys]


async def sleeping(service: Service, keys: Iterable[int]) -> list[str]:
    """Wrong: blocks the loop, and invents the answers."""

    async def one(key: int) -> str:
        time.sleep(0.04)  # noqa: ASYNC251 - the mistake
        return f"{key}:abc"

    return await asyncio.gather(*(one(key) for key in keys))


async def blocking_in_gather(service: Service, keys: Iterable[int]) -> list[str]:
    """Wrong: blocking calls, dressed up as coroutines."""

    async def one(key: int) -> str:
        return service.fetch_sync(key)

    return await asyncio.gather(*(one(key) for key in keys))


async def swallowed(service: Service, keys: Iterable[int]) -> list[str]:
    """Wrong: blocks the loop, and does not listen."""
    got = []
    for key in keys:
        try:
            got.append(service.fetch_sync(key))
        except Exception:
            got.append(service.answers[key])
    return got


async def sync_in_the_loop(service: Service, keys: Iterable[int]) -> list[str]:
    """Wrong: sync code in an `async def`."""
    return [service.fetch_sync(key) for key in keys]


async def crunching(service: Service, keys: Iterable[int]) -> list[str]:
    """Wrong: computes on the loop."""
    return [service.crunch(key) for key in keys]


async def thread_per_call(service: Service, keys: Iterable[int]) -> list[str]:
    """Wrong: a thread and a loop for each call."""

    def one(key: int) -> str:
        return asyncio.run(service.fetch(key))

    return await asyncio.gather(*(asyncio.to_thread(one, key) for key in keys))


async def hard_coded(service: Service, keys: Iterable[int]) -> list[str]:
    """Wrong: the duration and the answers are invented."""
    await asyncio.sleep(0.3)
    return [f"{key}:abc" for key in keys]


async def not_waited_for(service: Service, keys: Iterable[int]) -> list[str]:
    """Wrong: starts the calls, and leaves after one turn of the loop."""
    tasks = [asyncio.create_task(service.fetch(key)) for key in keys]
    await asyncio.sleep(0)
    return [f"{task.get_name()}:abc" for task in tasks]


async def gathered_not_awaited(service: Service, keys: Iterable[int]) -> list[str]:
    """Wrong: nobody awaits the gather."""
    asyncio.gather(*(service.fetch(key) for key in keys))
    return [f"{key}:abc" for key in keys]


async def pairs(service: Service, keys: Iterable[int]) -> list[str]:
    """Wrong: two at a time."""
    keys, got = list(keys), []
    for start in range(0, len(keys), 2):
        got += await asyncio.gather(*(service.fetch(key) for key in keys[start : start + 2]))
    return got


async def one_never_awaited(service: Service, keys: Iterable[int]) -> list[Any]:
    """Wrong: one call is made and forgotten."""
    first, *others = keys
    forgotten = service.fetch(first)
    got = await asyncio.gather(*(service.fetch(key) for key in others))
    return [forgotten, *got]


async def left_running(service: Service, keys: Iterable[int]) -> list[str]:
    """Wrong: does not wait for the slow ones."""
    tasks = [asyncio.create_task(service.fetch(key)) for key in keys]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    return [task.result() if task.done() else "late" for task in tasks]


async def wrong_order(service: Service, keys: Iterable[int]) -> list[str]:
    """Wrong: the answers in the order of their arrival.

    The last key is asked first: `as_completed` starts coroutines in an order of its own, which
    would be the right one by chance once in 120 times.
    """
    calls = [asyncio.create_task(service.fetch(key)) for key in reversed([*keys])]
    return [await call for call in asyncio.as_completed(calls)]


async def twice(service: Service, keys: Iterable[int]) -> list[str]:
    """Wrong: asks again for what it has."""
    await service.fetch(0)
    return await gathered(service, keys)


RIGHT: list[Answer] = [gathered, grouped]
WRONG: list[Answer] = [
    sequential,
    sleeping,
    blocking_in_gather,
    swallowed,
    sync_in_the_loop,
    crunching,
    thread_per_call,
    hard_coded,
    not_waited_for,
    gathered_not_awaited,
    pairs,
    one_never_awaited,
    left_running,
    wrong_order,
    twice,
]
