"""Tells all who wait what came of it, also those who were cancelled a moment ago."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, cast

from django.core.cache.backends.base import BaseCache

Value = TypeVar("Value")

# Equal to nothing that can be cached.
MISSING: Any = object()
# What those who wait are told when the one who computes was cancelled.
AGAIN: Any = object()


class SingleFlightCache:
    """Stands in front of one of Django's caches; one object serves the whole process.

    Args:
        cache: Where the values are kept. It may be far away: its methods take their time.
    """

    def __init__(self, cache: BaseCache) -> None:
        self._cache = cache
        # A task belongs to its loop, and under WSGI each request has one of its own.
        self._flights: dict[tuple[asyncio.AbstractEventLoop, str], deque[Any]] = {}

    async def get_or_compute(
        self,
        key: str,
        compute: Callable[[], Coroutine[Any, Any, Value]],
        timeout: float | None,
    ) -> Value:
        """Return what the cache has for *key*, or what ``await compute()`` returns.

        All who ask for a key while it is being computed share one computation. What it returns is
        cached for *timeout* seconds, which means what it means to Django: None is for ever.

        Raises:
            Exception: What *compute* or the cache has raised.
        """
        place = asyncio.get_running_loop(), key
        while place in self._flights:
            waiters = self._flights[place]
            future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            waiters.append(future)
            try:
                value = await future
            finally:
                if future in waiters:
                    waiters.remove(future)
            if value is not AGAIN:
                return value
        waiters = self._flights[place] = deque()
        me = cast("asyncio.Task[Any]", asyncio.current_task())
        before = me.cancelling()
        try:
            value = await self._fetch(key, compute, timeout)
        except BaseException as error:
            del self._flights[place]
            for waiter in waiters:
                # When this one was cancelled, one of those who stay begins anew.
                if isinstance(error, asyncio.CancelledError) or me.cancelling() > before:
                    waiter.set_result(AGAIN)
                else:
                    waiter.set_exception(error)
            raise
        del self._flights[place]
        for waiter in waiters:
            waiter.set_result(value)
        return value

    async def _fetch(
        self,
        key: str,
        compute: Callable[[], Coroutine[Any, Any, Value]],
        timeout: float | None,
    ) -> Value:
        # Inside of the flight: who misses here can't have missed what another flight has stored.
        value: Value = await self._cache.aget(key, MISSING)
        if value is MISSING:
            value = await compute()
            await self._cache.aset(key, value, timeout)
        return value
