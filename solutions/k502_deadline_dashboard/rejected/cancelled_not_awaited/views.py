"""Cancels who is late, and does not wait for the end: cancel() is only a request."""

import asyncio

from django.http import JsonResponse


def result_of(task):
    if task.cancelled() or task.exception():
        return None
    return task.result()


async def load_all(panels, *, within_s):
    tasks = {name: asyncio.create_task(panel()) for name, panel in panels.items()}
    if not tasks:
        return {}
    done = set()
    try:
        done, _ = await asyncio.wait(tasks.values(), timeout=within_s)
    finally:
        for task in tasks.values():
            task.cancel()
    return {name: result_of(task) if task in done else None for name, task in tasks.items()}


async def dashboard(request, panels, within_s):
    return JsonResponse({"panels": await load_all(panels, within_s=within_s)})
