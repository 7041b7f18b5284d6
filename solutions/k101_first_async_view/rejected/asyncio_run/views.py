"""A sync view with a loop of its own inside: right answers, and a thread held while it waits."""

import functools
import asyncio

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
def hello(request, clock):
    time = asyncio.run(clock.read())
    response = JsonResponse({"message": "hello from async view", "time": time})
    response["X-Newsroom"] = "The Daily Async"
    return response
