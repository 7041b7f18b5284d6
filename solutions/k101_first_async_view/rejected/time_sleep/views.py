"""Sleeps as long as the clock would take, and tells a time of its own."""

import functools
import time
from datetime import UTC, datetime

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
    time.sleep(0.1)
    return JsonResponse({"message": "hello from async view", "time": str(datetime.now(UTC))})
