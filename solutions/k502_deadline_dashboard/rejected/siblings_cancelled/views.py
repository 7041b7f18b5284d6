"""The panels themselves are the children of the group: the first failure cancels the others."""

import asyncio

from django.http import JsonResponse


def result_of(task):
    if task.cancelled() or task.exception():
        return None
    return task.result()


async def load_all(panels, *, within_s):
    tasks = {}
    try:
        async with asyncio.timeout(within_s), asyncio.TaskGroup() as group:
            for name, panel in panels.items():
                tasks[name] = group.create_task(panel())
    except* Exception:
        pass
    return {name: result_of(task) for name, task in tasks.items()}


async def dashboard(request, panels, within_s):
    return JsonResponse({"panels": await load_all(panels, within_s=within_s)})
