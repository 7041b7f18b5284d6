"""Keeps results by key: a key that is asked for twice is answered once."""

import asyncio

from django.http import JsonResponse


async def fetch_all(service, keys):
    unique = sorted(set(keys))
    results = await asyncio.gather(*(service.fetch(key) for key in unique))
    return list(dict(zip(unique, results, strict=True)).values())


async def front_page(request, desks):
    keys = request.GET.getlist("desk")
    stories = await fetch_all(desks, keys)
    pairs = zip(keys, stories, strict=True)
    return JsonResponse({"stories": [{"desk": key, "story": story} for key, story in pairs]})
