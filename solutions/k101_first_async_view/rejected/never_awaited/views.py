"""Calls the clock and forgets to await it: the "time" is the text of a coroutine."""

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
    return JsonResponse({"message": "hello from async view", "time": str(clock.read())})
