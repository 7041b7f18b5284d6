"""A timer for each task, which cancels it at the deadline."""

import asyncio

from django.http import JsonResponse


async def load_all(panels, *, within_s):
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within_s
    tasks = [asyncio.create_task(panel()) for panel in panels.values()]
    timers = [loop.call_at(deadline, task.cancel) for task in tasks]
    try:
        results = await asyncio.gather(*tasks, return_exceptions=True)
    finally:
        for timer in timers:
            timer.cancel()
    return {
        name: None if isinstance(result, BaseException) else result
        for name, result in zip(panels, results, strict=True)
    }


async def dashboard(request, panels, within_s):
    return JsonResponse({"panels": await load_all(panels, within_s=within_s)})
