"""Tasks by hand: all are started before the first is awaited."""

import asyncio

from django.http import JsonResponse


async def fetch_all(service, keys):
    tasks = [asyncio.create_task(service.fetch(key)) for key in keys]
    return [await task for task in tasks]


async def front_page(request, desks):
    keys = request.GET.getlist("desk")
    stories = await fetch_all(desks, keys)
    pairs = zip(keys, stories, strict=True)
    return JsonResponse({"stories": [{"desk": key, "story": story} for key, story in pairs]})
