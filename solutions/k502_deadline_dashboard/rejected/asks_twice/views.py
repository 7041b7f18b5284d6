"""A panel that fails is called once more, within the deadline."""

import asyncio

from django.http import JsonResponse


async def load_all(panels, *, within_s):
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within_s

    async def twice(panel):
        try:
            return await panel()
        except Exception:
            if loop.time() >= deadline:
                raise
            return await panel()

    async def load(panel):
        try:
            async with asyncio.timeout_at(deadline):
                return await twice(panel)
        except Exception:
            return None

    async with asyncio.TaskGroup() as group:
        tasks = {name: group.create_task(load(panel)) for name, panel in panels.items()}
    return {name: task.result() for name, task in tasks.items()}


async def dashboard(request, panels, within_s):
    return JsonResponse({"panels": await load_all(panels, within_s=within_s)})
