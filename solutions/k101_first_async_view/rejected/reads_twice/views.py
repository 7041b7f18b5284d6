"""Reads the clock once to see whether it works, and once more for the answer."""

import functools

from django.http import JsonResponse
from django.views.decorators.http import require_GET


def signed(view):
    @functools.wraps(view)
    async def wrapper(request, *args, **kwargs):
        response = await view(request, *args, **kwargs)
        response["X-Newsroom"] = "The Daily Async"
        return response

    return wrapper


@require_GET
@signed
async def hello(request, clock):
    if not await clock.read():
        return JsonResponse({"message": "the clock is broken"}, status=503)
    return JsonResponse({"message": "hello from async view", "time": await clock.read()})
