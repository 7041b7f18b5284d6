"""A thread and an event loop for every call."""

import asyncio

from django.http import JsonResponse


async def fetch_all(service, keys):
    calls = [asyncio.to_thread(asyncio.run, service.fetch(key)) for key in keys]
    return await asyncio.gather(*calls)


async def front_page(request, desks):
    keys = request.GET.getlist("desk")
    stories = await fetch_all(desks, keys)
    pairs = zip(keys, stories, strict=True)
    return JsonResponse({"stories": [{"desk": key, "story": story} for key, story in pairs]})
