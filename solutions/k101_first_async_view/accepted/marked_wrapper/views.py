"""A plain function that returns an awaitable, marked, so that Django knows; methods by hand."""

import functools

from asgiref.sync import markcoroutinefunction
from django.http import HttpResponseNotAllowed, JsonResponse


def signed(view):
    @functools.wraps(view)
    def wrapper(request, *args, **kwargs):
        async def sign():
            response = await view(request, *args, **kwargs)
            response["X-Newsroom"] = "The Daily Async"
            return response

        return sign()

    return markcoroutinefunction(wrapper)


@signed
async def hello(request, clock):
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    return JsonResponse({"message": "hello from async view", "time": await clock.read()})
