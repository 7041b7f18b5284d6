"""Refuses a list of methods, and answers what is not in it."""

import functools

from django.http import HttpResponseNotAllowed, JsonResponse


def signed(view):
    @functools.wraps(view)
    async def wrapper(request, *args, **kwargs):
        response = await view(request, *args, **kwargs)
        response["X-Newsroom"] = "The Daily Async"
        return response

    return wrapper


@signed
async def hello(request, clock):
    if request.method in {"POST", "PUT", "PATCH", "DELETE", "OPTIONS"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    return JsonResponse({"message": "hello from async view", "time": await clock.read()})
