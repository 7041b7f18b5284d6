"""HEAD is welcome too, and the signature stands outside, so that it is on the 405 as well."""

import functools

from django.http import JsonResponse
from django.views.decorators.http import require_safe


def signed(view):
    @functools.wraps(view)
    async def wrapper(request, *args, **kwargs):
        response = await view(request, *args, **kwargs)
        response.headers["X-Newsroom"] = "The Daily Async"
        return response

    return wrapper


@signed
@require_safe
async def hello(request, clock):
    time = await clock.read()
    return JsonResponse({"message": "hello from async view", "time": time})
