"""Answers every method alike."""

import functools

from django.http import JsonResponse


def signed(view):
    @functools.wraps(view)
    async def wrapper(request, *args, **kwargs):
        response = await view(request, *args, **kwargs)
        response["X-Newsroom"] = "The Daily Async"
        return response

    return wrapper


@signed
async def hello(request, clock):
    return JsonResponse({"message": "hello from async view", "time": await clock.read()})
