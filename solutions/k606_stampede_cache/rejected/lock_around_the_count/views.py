"""The results of one place."""

import asyncio
from weakref import WeakKeyDictionary

from django.core.cache.backends.base import BaseCache
from django.http import HttpRequest, JsonResponse

from katas.k606_stampede_cache.office import Office
from katas.k606_stampede_cache.single_flight import SingleFlightCache

MAX_AGE_S = 30

# A lock belongs to its loop.
locks: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


async def results(
    request: HttpRequest, place: str, *, cache: BaseCache, once: SingleFlightCache, office: Office
) -> JsonResponse:
    """Answer with the figures for *place*, 30 seconds old at most, and how many have asked.

    Args:
        once: Stands in front of *cache*.
    """
    asked = await count_up(cache, f"k606:asked:{place}")
    figures = await once.get_or_compute(
        f"k606:figures:{place}", lambda: office.count(place), MAX_AGE_S
    )
    return JsonResponse({"place": place, "figures": figures, "asked": asked})


async def count_up(cache: BaseCache, key: str) -> int:
    """Add 1 to a number that is never forgotten, and return it."""
    async with locks.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
        asked: int = await cache.aget(key, 0) + 1
        await cache.aset(key, asked, timeout=None)
    return asked
