"""Right and wrong ways to make five calls at once, as a learner might write them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Protocol


class Upstream(Protocol):
    """What an answer can use."""

    def fetch(self, key: int) -> Any:
        """Await the answer for *key*."""

    def fetch_sync(self, key: int) -> str:
        """Block until the answer for *key* is there."""


Answer = Callable[[Upstream, Iterable[int]], Awaitable[list[Any]]]


async def _gathered(service: Upstream, keys: Iterable[int]) -> list[Any]:
    return list(await asyncio.gather(*(service.fetch(key) for key in keys)))


async def _grouped(service: Upstream, keys: Iterable[int]) -> list[Any]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(service.fetch(key)) for key in keys]
    return [task.result() for task in tasks]


async def _sequential(service: Upstream, keys: Iterable[int]) -> list[Any]:
    return [await service.fetch(key) for key in keys]


async def _sleeping(service: Upstream, keys: Iterable[int]) -> list[Any]:
    async def one(key: int) -> str:
        time.sleep(0.04)  # noqa: ASYNC251 - the mistake
        return f"{key}"

    return list(await asyncio.gather(*(one(key) for key in keys)))


async def _blocking(service: Upstream, keys: Iterable[int]) -> list[Any]:
    async def one(key: int) -> str:
        return service.fetch_sync(key)

    return list(await asyncio.gather(*(one(key) for key in keys)))


async def _thread_per_call(service: Upstream, keys: Iterable[int]) -> list[Any]:
    def one(key: int) -> Any:
        return asyncio.run(service.fetch(key))

    return list(await asyncio.gather(*(asyncio.to_thread(one, key) for key in keys)))


async def _hard_coded(service: Upstream, keys: Iterable[int]) -> list[Any]:
    await asyncio.sleep(0.2)
    return [f"{key}" for key in keys]


async def _one_turn(service: Upstream, keys: Iterable[int]) -> list[Any]:
    tasks = [asyncio.create_task(service.fetch(key)) for key in keys]
    await asyncio.sleep(0)
    return [f"{key}" for key, _ in zip(keys, tasks, strict=True)]


async def _not_awaited(service: Upstream, keys: Iterable[int]) -> list[Any]:
    asyncio.gather(*(service.fetch(key) for key in keys))
    return [f"{key}" for key in keys]


async def _pairs(service: Upstream, keys: Iterable[int]) -> list[Any]:
    keys, got = list(keys), []
    for start in range(0, len(keys), 2):
        got += await asyncio.gather(*(service.fetch(key) for key in keys[start : start + 2]))
    return got


RIGHT: dict[str, Answer] = {"gather": _gathered, "TaskGroup": _grouped}
WRONG: dict[str, Answer] = {
    "sequential": _sequential,
    "time.sleep": _sleeping,
    "blocking in gather": _blocking,
    "thread per call": _thread_per_call,
    "hard-coded": _hard_coded,
    "sleep(0)": _one_turn,
    "not awaited": _not_awaited,
    "pairs": _pairs,
}
