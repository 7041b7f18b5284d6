"""Signs in an inner coroutine, and returns it from a plain function: nobody can see it is async."""

import functools

from django.http import JsonResponse
from django.views.decorators.http import require_GET


def signed(view):
    @functools.wraps(view)
    def wrapper(request, *args, **kwargs):
        async def sign():
            response = await view(request, *args, **kwargs)
            response["X-Newsroom"] = "The Daily Async"
            return response

        return sign()

    return wrapper


@require_GET
@signed
async def hello(request, clock):
    return JsonResponse({"message": "hello from async view", "time": await clock.read()})
