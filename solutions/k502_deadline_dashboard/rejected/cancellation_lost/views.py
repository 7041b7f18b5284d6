"""Takes the error of a clean-up that its own cancellation has interrupted for a gap."""

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
    try:
        _, late = await asyncio.wait(tasks.values(), timeout=within_s)
        for task in late:
            task.cancel()
        for task in late:
            try:
                await task
            except asyncio.CancelledError:
                if asyncio.current_task().cancelling():
                    raise
            except Exception:
                pass
    except asyncio.CancelledError:
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
        raise
    return {name: result_of(task) for name, task in tasks.items()}


async def dashboard(request, panels, within_s):
    return JsonResponse({"panels": await load_all(panels, within_s=within_s)})
