"""Collects results as they come in: the order is that of the answers."""

import asyncio

from django.http import JsonResponse


async def fetch_all(service, keys):
    calls = [service.fetch(key) for key in keys]
    return [await call for call in asyncio.as_completed(calls)]


async def front_page(request, desks):
    keys = request.GET.getlist("desk")
    stories = await fetch_all(desks, keys)
    pairs = zip(keys, stories, strict=True)
    return JsonResponse({"stories": [{"desk": key, "story": story} for key, story in pairs]})
