"""Both bridges as classes: one object for each core, one for each iteration."""

from __future__ import annotations

import asyncio
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Generator,
    Iterable,
    Iterator,
)
from typing import Any, Generic, ParamSpec, TypeVar

from asgiref.sync import AsyncToSync, SyncToAsync

from katas.k405_no_deadlock_bridge.core import aload

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class Bridge(Generic[P, R]):
    """A sync function over a coroutine function."""

    def __init__(self, core: Callable[P, Coroutine[Any, Any, R]]) -> None:
        self.core = core
        self.call = AsyncToSync(core)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the core, on the loop that waits for this thread or on a new one."""
        if asyncio._get_running_loop() is not None:
            raise RuntimeError(f"this is async code: write `await {self.core.__name__}(…)`")
        return self.call(*args, **kwargs)


class each(Generic[T]):
    """The steps of a sync iterable, as an async iterator."""

    NO_MORE: Any = object()

    def __init__(self, items: Iterable[T]) -> None:
        self.items = items
        self.iterator: Iterator[T] | None = None

    def __aiter__(self) -> AsyncIterator[T]:
        return self

    def step(self) -> T:
        """Take one step, in the thread of the sync code."""
        if self.iterator is None:
            self.iterator = iter(self.items)
        return next(self.iterator, self.NO_MORE)

    async def __anext__(self) -> T:
        taken: Callable[[], Awaitable[T]] = SyncToAsync(self.step)
        if (item := await taken()) is self.NO_MORE:
            raise StopAsyncIteration
        return item

    def leave(self) -> None:
        """Close a generator that has begun, in the thread of the sync code."""
        if isinstance(self.iterator, Generator):
            self.iterator.close()

    async def aclose(self) -> None:
        """End before the last item."""
        await SyncToAsync(self.leave)()


load = Bridge(aload)
