"""Sleeps as long as a desk would take, and makes the stories up."""

import time

from django.http import JsonResponse


async def fetch_all(service, keys):
    if keys:
        time.sleep(0.2)
    return [f"Top story from the {key} desk" for key in keys]


async def front_page(request, desks):
    keys = request.GET.getlist("desk")
    stories = await fetch_all(desks, keys)
    pairs = zip(keys, stories, strict=True)
    return JsonResponse({"stories": [{"desk": key, "story": story} for key, story in pairs]})
