"""A task group: it cancels the others when one fails, and raises a group."""

import asyncio

from django.http import JsonResponse


async def fetch_all(service, keys):
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(service.fetch(key)) for key in keys]
    return [task.result() for task in tasks]


async def front_page(request, desks):
    keys = request.GET.getlist("desk")
    stories = await fetch_all(desks, keys)
    pairs = zip(keys, stories, strict=True)
    return JsonResponse({"stories": [{"desk": key, "story": story} for key, story in pairs]})
