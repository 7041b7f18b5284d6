"""Loads once for all readers who come meanwhile, in a task that the first one's end cancels."""

import asyncio

from django.http import JsonResponse


def result_of(task):
    if task.cancelled() or task.exception():
        return None
    return task.result()


async def load_all(panels, *, within_s):
    tasks = {name: asyncio.create_task(panel()) for name, panel in panels.items()}
    if tasks:
        try:
            await asyncio.wait(tasks.values(), timeout=within_s)
        finally:
            for task in tasks.values():
                task.cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)
    return {name: result_of(task) for name, task in tasks.items()}


under_way = []


async def dashboard(request, panels, within_s):
    if not under_way or under_way[0].done():
        under_way[:] = [asyncio.create_task(load_all(panels, within_s=within_s))]
    return JsonResponse({"panels": await under_way[0]})
