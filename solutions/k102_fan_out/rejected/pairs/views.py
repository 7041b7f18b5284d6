"""Two at a time: concurrent, but not all at once."""

import asyncio

from django.http import JsonResponse


async def fetch_all(service, keys):
    results = []
    for start in range(0, len(keys), 2):
        pair = keys[start : start + 2]
        results += await asyncio.gather(*(service.fetch(key) for key in pair))
    return results


async def front_page(request, desks):
    keys = request.GET.getlist("desk")
    stories = await fetch_all(desks, keys)
    pairs = zip(keys, stories, strict=True)
    return JsonResponse({"stories": [{"desk": key, "story": story} for key, story in pairs]})
