"""Refuses the methods that Django lists, and answers what is not in that list."""

import functools

from django.http import HttpResponseNotAllowed, JsonResponse
from django.views import View

REFUSED = {name.upper() for name in View.http_method_names} - {"GET", "HEAD"}


def signed(view):
    @functools.wraps(view)
    async def wrapper(request, *args, **kwargs):
        response = await view(request, *args, **kwargs)
        response["X-Newsroom"] = "The Daily Async"
        return response

    return wrapper


@signed
async def hello(request, clock):
    if request.method in REFUSED:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    return JsonResponse({"message": "hello from async view", "time": await clock.read()})
