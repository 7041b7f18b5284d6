"""Keeps its tasks in a list of the module, and cancels all that are in it, whoever started them."""

import asyncio

from django.http import JsonResponse


def result_of(task):
    if task.cancelled() or task.exception():
        return None
    return task.result()


started = []


async def load_all(panels, *, within_s):
    tasks = {name: asyncio.create_task(panel()) for name, panel in panels.items()}
    started.extend(tasks.values())
    if tasks:
        try:
            await asyncio.wait(tasks.values(), timeout=within_s)
        finally:
            while started:
                started.pop().cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)
    return {name: result_of(task) for name, task in tasks.items()}


async def dashboard(request, panels, within_s):
    return JsonResponse({"panels": await load_all(panels, within_s=within_s)})
