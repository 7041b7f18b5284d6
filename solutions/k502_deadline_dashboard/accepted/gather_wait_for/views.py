"""wait_for around each child: they start together, so the time limits end together."""

import asyncio

from django.http import JsonResponse


async def load_all(panels, *, within_s):
    calls = (asyncio.wait_for(panel(), within_s) for panel in panels.values())
    results = await asyncio.gather(*calls, return_exceptions=True)
    return {
        name: None if isinstance(result, Exception) else result
        for name, result in zip(panels, results, strict=True)
    }


async def dashboard(request, panels, within_s):
    return JsonResponse({"panels": await load_all(panels, within_s=within_s)})
