"""The results of one place."""

from asgiref.sync import sync_to_async
from django.core.cache.backends.base import BaseCache
from django.http import HttpRequest, JsonResponse

from katas.k606_stampede_cache.office import Office
from katas.k606_stampede_cache.single_flight import SingleFlightCache

MAX_AGE_S = 30


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
    # `aadd` does nothing if somebody was faster. `aincr` reads, then writes, until Django 6.1.
    await cache.aadd(key, 0, timeout=None)
    return await sync_to_async(cache.incr)(key)
