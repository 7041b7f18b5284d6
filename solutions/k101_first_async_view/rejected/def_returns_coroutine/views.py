"""A plain function that hands on a coroutine: Django takes it for a sync view."""

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


async def answer(request, clock):
    response = JsonResponse({"message": "hello from async view", "time": await clock.read()})
    response["X-Newsroom"] = "The Daily Async"
    return response


@require_GET
def hello(request, clock):
    return answer(request, clock)
