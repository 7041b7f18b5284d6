"""Writes down what comes as it comes, and the gaps after that: the order of the result is free."""

import asyncio
import contextlib

from django.http import JsonResponse


async def load_all(panels, *, within_s):
    results = {}

    async def load(name):
        with contextlib.suppress(Exception):
            results[name] = await panels[name]()

    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within_s), asyncio.TaskGroup() as group:
            for name in panels:
                group.create_task(load(name))
    return results | {name: None for name in panels if name not in results}


async def dashboard(request, panels, within_s):
    return JsonResponse({"panels": await load_all(panels, within_s=within_s)})
