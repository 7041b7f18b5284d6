"""Awaits the clock, but takes a blocking nap before it."""

import functools
import time

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
    time.sleep(0.05)
    return JsonResponse({"message": "hello from async view", "time": await clock.read()})
