"""A map with a limit."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Coroutine, Iterable
from contextlib import aclosing
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")


async def bounded_map(
    call: Callable[[T], Coroutine[Any, Any, R]],
    source: Iterable[T] | AsyncIterable[T],
    *,
    limit: int,
) -> list[R | Exception]:
    """Await `call(item)` for every item of *source*, with at most *limit* calls in flight.

    Args:
        call: What is awaited for each item.
        source: The items. What is both, Iterable and AsyncIterable, is read asynchronously.
        limit: The most calls that are in flight at one moment; 1 or more.

    Returns:
        In the order of the items: what each call returned, or the exception that it raised.

    Raises:
        ValueError: *limit* is below 1.
        ExceptionGroup: What *source* itself raises.
    """
    if limit < 1:
        raise ValueError(f"limit is {limit}; expected 1 or more")
    # Made here and not in the module: the limit is that of one map, on the loop that runs it.
    slots = asyncio.Semaphore(limit)

    async def outcome(item: T) -> R | Exception:
        try:
            return await call(item)
        except Exception as error:
            return error
        finally:
            slots.release()

    tasks: list[asyncio.Task[R | Exception]] = []
    async with asyncio.TaskGroup() as group, aclosing(one_by_one(source)) as items:
        async for item in items:
            # Before the task is made, so that the next item is not taken until there is room.
            await slots.acquire()
            tasks.append(group.create_task(outcome(item)))
    return [task.result() for task in tasks]


async def one_by_one(source: Iterable[T] | AsyncIterable[T]) -> AsyncGenerator[T, None]:
    """Yield the items of *source*, of either kind."""
    # In this order: a QuerySet is both, and its `__iter__` is a query on the event loop's thread.
    if isinstance(source, AsyncIterable):
        async for item in source:
            yield item
    else:
        for item in source:
            yield item
