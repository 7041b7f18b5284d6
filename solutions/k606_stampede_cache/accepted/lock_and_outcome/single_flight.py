"""Get or compute, and only once."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, cast

from django.core.cache.backends.base import BaseCache

Value = TypeVar("Value")

# Equal to nothing that can be cached.
MISSING: Any = object()


class Flight:
    """A lock, what came of it, and how many have it in their hands."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.outcome: tuple[Any, Exception | None] | None = None
        self.users = 0


class SingleFlightCache:
    """Stands in front of one of Django's caches; one object serves the whole process.

    Args:
        cache: Where the values are kept. It may be far away: its methods take their time.
    """

    def __init__(self, cache: BaseCache) -> None:
        self._cache = cache
        self._flights: dict[tuple[asyncio.AbstractEventLoop, str], Any] = {}

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
        flight = self._flights.setdefault(place, Flight())
        flight.users += 1
        try:
            # Whoever holds the lock and is cancelled leaves it to the next one, who begins anew.
            async with flight.lock:
                if not flight.outcome:
                    flight.outcome = await self._outcome(key, compute, timeout)
                    self._flights.pop(place)
        finally:
            flight.users -= 1
            if not flight.users and self._flights.get(place) is flight:
                del self._flights[place]
        value, error = flight.outcome
        if error:
            raise error
        return cast(Value, value)

    async def _outcome(
        self,
        key: str,
        compute: Callable[[], Coroutine[Any, Any, Value]],
        timeout: float | None,
    ) -> tuple[Any, Exception | None]:
        me = cast("asyncio.Task[Any]", asyncio.current_task())
        before = me.cancelling()
        try:
            return await self._fetch(key, compute, timeout), None
        except Exception as error:
            # What a clean-up raises is for the one who was cancelled, and not for the others.
            if me.cancelling() > before:
                raise
            return None, error

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
