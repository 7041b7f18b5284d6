"""The view, as it should be."""

from django.http import JsonResponse

from katas.k504_bounded_fan_out.bounded import bounded_map
from katas.k504_bounded_fan_out.web import Unreachable


async def link_check(request, register, web):
    dead = []

    async def probe(url):
        try:
            await web.probe(url)
        except Unreachable as error:
            dead.append(str(error))

    results = await bounded_map(probe, register.links(), limit=8)
    for result in results:
        if isinstance(result, Exception):
            raise result
    return JsonResponse({"checked": len(results), "dead": sorted(dead)})
