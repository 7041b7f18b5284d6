"""Answers a page without desks with 400."""

import asyncio

from django.http import JsonResponse


async def fetch_all(service, keys):
    return await asyncio.gather(*(service.fetch(key) for key in keys))


async def front_page(request, desks):
    keys = request.GET.getlist("desk")
    if not keys:
        return JsonResponse({"error": "no desks"}, status=400)
    stories = await fetch_all(desks, keys)
    pairs = zip(keys, stories, strict=True)
    return JsonResponse({"stories": [{"desk": key, "story": story} for key, story in pairs]})
