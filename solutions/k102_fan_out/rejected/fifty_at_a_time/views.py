"""Has no more than fifty calls in flight."""

import asyncio

from django.http import JsonResponse


async def fetch_all(service, keys):
    limit = asyncio.Semaphore(50)

    async def fetch(key):
        async with limit:
            return await service.fetch(key)

    return await asyncio.gather(*map(fetch, keys))


async def front_page(request, desks):
    keys = request.GET.getlist("desk")
    stories = await fetch_all(desks, keys)
    pairs = zip(keys, stories, strict=True)
    return JsonResponse({"stories": [{"desk": key, "story": story} for key, story in pairs]})
