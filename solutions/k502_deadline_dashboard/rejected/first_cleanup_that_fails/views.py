"""When it is told to go, it waits for the clean-ups until one of them fails."""

import asyncio

from django.http import JsonResponse


def answer_of(task):
    return None if task.cancelled() or task.exception() else task.result()


async def load_all(panels, *, within_s):
    tasks = {name: asyncio.create_task(panel()) for name, panel in panels.items()}
    if not tasks:
        return {}
    try:
        _, late = await asyncio.wait(tasks.values(), timeout=within_s)
    except asyncio.CancelledError:
        late = [task for task in tasks.values() if not task.done()]
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, return_when=asyncio.FIRST_EXCEPTION)
        raise
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    return {name: answer_of(task) for name, task in tasks.items()}


async def dashboard(request, panels, within_s):
    return JsonResponse({"panels": await load_all(panels, within_s=within_s)})
