"""Get or compute, and only once."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, cast

from django.core.cache.backends.base import BaseCache

Value = TypeVar("Value")

# Equal to nothing that can be cached.
MISSING: Any = object()


class Flight:
    """What the others wait for, while the first one computes."""

    def __init__(self) -> None:
        self.over = asyncio.Event()
        self.abandoned = False
        self.error: Exception | None = None
        self.value: Any = None


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
        while flight := self._flights.get(place):
            await flight.over.wait()
            if flight.error:
                raise flight.error
            if not flight.abandoned:
                value: Value = flight.value
                return value
        flight = self._flights[place] = Flight()
        me = cast("asyncio.Task[Any]", asyncio.current_task())
        before = me.cancelling()
        try:
            flight.value = await self._fetch(key, compute, timeout)
        except Exception as error:
            # What a clean-up raises is for the one who was cancelled, and not for the others.
            flight.abandoned = me.cancelling() > before
            flight.error = None if flight.abandoned else error
            raise
        except BaseException:
            flight.abandoned = True
            raise
        finally:
            del self._flights[place]
            flight.over.set()
        return cast(Value, flight.value)

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
