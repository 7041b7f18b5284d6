"""Hands errors back among the results."""

import asyncio

from django.http import JsonResponse


async def fetch_all(service, keys):
    calls = (service.fetch(key) for key in keys)
    return await asyncio.gather(*calls, return_exceptions=True)


async def front_page(request, desks):
    keys = request.GET.getlist("desk")
    stories = await fetch_all(desks, keys)
    pairs = zip(keys, stories, strict=True)
    return JsonResponse({"stories": [{"desk": key, "story": story} for key, story in pairs]})
