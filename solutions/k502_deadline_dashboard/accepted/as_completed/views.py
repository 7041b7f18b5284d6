"""Takes answers as they come in, until as_completed says that the time is up."""

import asyncio
import contextlib

from django.http import JsonResponse


async def load_all(panels, *, within_s):
    results = dict.fromkeys(panels)

    async def load(name):
        with contextlib.suppress(Exception):
            results[name] = await panels[name]()

    tasks = [asyncio.create_task(load(name)) for name in panels]
    try:
        for next_one in asyncio.as_completed(tasks, timeout=within_s):
            await next_one
    except TimeoutError:
        pass
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return results


async def dashboard(request, panels, within_s):
    return JsonResponse({"panels": await load_all(panels, within_s=within_s)})
