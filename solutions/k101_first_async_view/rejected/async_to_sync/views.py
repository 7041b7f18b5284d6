"""Wraps the async view back into a sync one "to be on the safe side"."""

import functools

from asgiref.sync import async_to_sync
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
@async_to_sync
@signed
async def hello(request, clock):
    return JsonResponse({"message": "hello from async view", "time": await clock.read()})
