"""A thread and an event loop for every call."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from django.http import JsonResponse


async def fetch_all(service, keys):
    loop = asyncio.get_running_loop()
    pool = ThreadPoolExecutor(max(1, len(keys)))
    try:
        calls = [loop.run_in_executor(pool, asyncio.run, service.fetch(key)) for key in keys]
        return await asyncio.gather(*calls)
    finally:
        pool.shutdown(wait=False)


async def front_page(request, desks):
    keys = request.GET.getlist("desk")
    stories = await fetch_all(desks, keys)
    pairs = zip(keys, stories, strict=True)
    return JsonResponse({"stories": [{"desk": key, "story": story} for key, story in pairs]})
