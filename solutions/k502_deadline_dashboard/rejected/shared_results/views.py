"""Keeps what has come in in a dict of the module, which is that of every reader."""

import asyncio
import contextlib

from django.http import JsonResponse

results = {}


async def load_all(panels, *, within_s):
    results.clear()
    results.update(dict.fromkeys(panels))

    async def load(name):
        with contextlib.suppress(Exception):
            results[name] = await panels[name]()

    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within_s), asyncio.TaskGroup() as group:
            for name in panels:
                group.create_task(load(name))
    return dict(results)


async def dashboard(request, panels, within_s):
    return JsonResponse({"panels": await load_all(panels, within_s=within_s)})
