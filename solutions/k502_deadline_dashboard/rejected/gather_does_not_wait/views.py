"""A bare gather: when it is cancelled, it is over with the first child that is."""

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

    results = await asyncio.gather(*map(load, panels.values()))
    return dict(zip(panels, results, strict=True))


async def dashboard(request, panels, within_s):
    return JsonResponse({"panels": await load_all(panels, within_s=within_s)})
