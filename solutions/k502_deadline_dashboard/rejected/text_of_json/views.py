"""Sends the right text, and does not say that it is JSON."""

import asyncio
import json

from django.http import HttpResponse


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


async def dashboard(request, panels, within_s):
    return HttpResponse(json.dumps({"panels": await load_all(panels, within_s=within_s)}))
