"""Cancels again who has not ended at once, in the middle of the clean-up."""

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
            while late := [task for task in tasks.values() if not task.done()]:
                for task in late:
                    task.cancel()
                await asyncio.wait(late, timeout=0.05)
    return {name: result_of(task) for name, task in tasks.items()}


async def dashboard(request, panels, within_s):
    return JsonResponse({"panels": await load_all(panels, within_s=within_s)})
