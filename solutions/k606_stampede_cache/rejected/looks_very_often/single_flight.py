"""Get or compute, and only once."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from django.core.cache.backends.base import BaseCache

Value = TypeVar("Value")

# Equal to nothing that can be cached.
MISSING: Any = object()


class Flight:
    """One look into the cache, with the computation if need be, and how many wait for it."""

    def __init__(self, work: Coroutine[Any, Any, Any]) -> None:
        self.task = asyncio.create_task(work)
        self.waiting = 0


class SingleFlightCache:
    """Stands in front of one of Django's caches; one object serves the whole process.

    Args:
        cache: Where the values are kept. It may be far away: its methods take their time.
    """

    def __init__(self, cache: BaseCache) -> None:
        self._cache = cache
        # A task belongs to its loop, and under WSGI each request has one of its own.
        self._flights: dict[tuple[asyncio.AbstractEventLoop, str], Flight] = {}

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
        flight = self._flights.get(place)
        # One that has ended, perhaps with an error, takes nobody any more.
        if flight is None or flight.task.done():
            flight = self._flights[place] = Flight(self._fetch(key, compute, timeout))
        flight.waiting += 1
        try:
            while not flight.task.done():
                await asyncio.sleep(0.002)
        finally:
            flight.waiting -= 1
            if not flight.waiting:
                await self._land(place, flight)
        value: Value = flight.task.result()
        return value

    async def _land(self, place: tuple[asyncio.AbstractEventLoop, str], flight: Flight) -> None:
        # First of all: nobody may get on a flight that is being cancelled.
        if self._flights.get(place) is flight:
            del self._flights[place]
        if not flight.task.done():
            flight.task.cancel()
            await asyncio.wait({flight.task})
        if not flight.task.cancelled():
            # Its error, if there is one, has been seen: asyncio need not log it.
            flight.task.exception()

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
