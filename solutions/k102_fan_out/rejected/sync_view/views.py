"""A sync view: fetch_all runs on a loop of its own, in a thread, for each request."""

import asyncio

from django.http import JsonResponse


async def fetch_all(service, keys):
    return await asyncio.gather(*(service.fetch(key) for key in keys))


def front_page(request, desks):
    keys = request.GET.getlist("desk")
    stories = asyncio.run(fetch_all(desks, keys))
    pairs = zip(keys, stories, strict=True)
    return JsonResponse({"stories": [{"desk": key, "story": story} for key, story in pairs]})
