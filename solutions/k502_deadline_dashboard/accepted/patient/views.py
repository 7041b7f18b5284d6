"""Lets every clean-up end, also when it is cancelled itself, and then goes."""

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
    gone = None
    try:
        _, late = await asyncio.wait(tasks.values(), timeout=within_s)
    except asyncio.CancelledError as error:
        gone = error
        late = tasks.values()
    for task in late:
        task.cancel()
    while late := {task for task in late if not task.done()}:
        try:
            await asyncio.wait(late)
        except asyncio.CancelledError as error:
            gone = error
    if gone:
        raise gone
    return {name: result_of(task) for name, task in tasks.items()}


async def dashboard(request, panels, within_s):
    return JsonResponse({"panels": await load_all(panels, within_s=within_s)})
