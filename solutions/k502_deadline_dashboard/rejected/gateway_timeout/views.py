"""Makes an error page of a single gap."""

import asyncio

from django.http import JsonResponse


async def load_all(panels, *, within_s):
    deadline = asyncio.get_running_loop().time() + within_s

    async def load(panel):
        try:
            async with asyncio.timeout_at(deadline):
                return await panel()
        except Exception:
            return None

    async with asyncio.TaskGroup() as group:
        tasks = {name: group.create_task(load(panel)) for name, panel in panels.items()}
    return {name: task.result() for name, task in tasks.items()}


async def dashboard(request, panels, within_s):
    results = await load_all(panels, within_s=within_s)
    status = 504 if None in results.values() else 200
    return JsonResponse({"panels": results}, status=status)
