"""The results of one place."""

from collections import Counter

from django.core.cache.backends.base import BaseCache
from django.http import HttpRequest, JsonResponse

from katas.k606_stampede_cache.office import Office
from katas.k606_stampede_cache.single_flight import SingleFlightCache

MAX_AGE_S = 30
counts: Counter[str] = Counter()


async def results(
    request: HttpRequest, place: str, *, cache: BaseCache, once: SingleFlightCache, office: Office
) -> JsonResponse:
    """Answer with the figures for *place*, 30 seconds old at most, and how many have asked.

    Args:
        once: Stands in front of *cache*.
    """
    counts[place] += 1
    asked = counts[place]
    figures = await once.get_or_compute(
        f"k606:figures:{place}", lambda: office.count(place), MAX_AGE_S
    )
    return JsonResponse({"place": place, "figures": figures, "asked": asked})
