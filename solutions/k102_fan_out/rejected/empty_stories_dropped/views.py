"""Drops stories that are empty before it pairs them with the desks."""

import asyncio

from django.http import JsonResponse


async def fetch_all(service, keys):
    return await asyncio.gather(*(service.fetch(key) for key in keys))


async def front_page(request, desks):
    keys = request.GET.getlist("desk")
    stories = filter(None, await fetch_all(desks, keys))
    pairs = zip(keys, stories)
    return JsonResponse({"stories": [{"desk": key, "story": story} for key, story in pairs]})
