"""Asks only those that were in time whether they have failed."""

import asyncio

from django.http import JsonResponse


async def load_all(panels, *, within_s):
    tasks = {name: asyncio.create_task(panel()) for name, panel in panels.items()}
    if not tasks:
        return {}
    try:
        done, _ = await asyncio.wait(tasks.values(), timeout=within_s)
    finally:
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
    return {
        name: None if task.cancelled() or (task in done and task.exception()) else task.result()
        for name, task in tasks.items()
    }


async def dashboard(request, panels, within_s):
    return JsonResponse({"panels": await load_all(panels, within_s=within_s)})
