"""Makes one of those who wait the next to compute, who may be cancelled before that."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, cast

from django.core.cache.backends.base import BaseCache

Value = TypeVar("Value")

# Equal to nothing that can be cached.
MISSING: Any = object()
# What one of those who wait is told when the one who computes was cancelled.
LEAD: Any = object()


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
        waiters = self._flights.get(place)
        if waiters is not None:
            future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            waiters.append(future)
            try:
                value = await future
            finally:
                if future in waiters:
                    waiters.remove(future)
            if value is not LEAD:
                return value
        else:
            waiters = self._flights[place] = deque()
        me = cast("asyncio.Task[Any]", asyncio.current_task())
        before = me.cancelling()
        try:
            value = await self._fetch(key, compute, timeout)
        except BaseException as error:
            left = isinstance(error, asyncio.CancelledError) or me.cancelling() > before
            while waiters:
                waiter = waiters.popleft()
                if waiter.done():
                    continue
                if left:
                    # The next one in the queue begins anew.
                    waiter.set_result(LEAD)
                    break
                waiter.set_exception(error)
            else:
                del self._flights[place]
            raise
        del self._flights[place]
        for waiter in waiters:
            if not waiter.done():
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
