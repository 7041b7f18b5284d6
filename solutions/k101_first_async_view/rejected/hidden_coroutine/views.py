"""Sets the header in a callback, and hides that the view is async."""

import functools
import asyncio

from django.http import JsonResponse
from django.views.decorators.http import require_GET


def signed(view):
    @functools.wraps(view)
    def wrapper(request, *args, **kwargs):
        def sign(done):
            done.result()["X-Newsroom"] = "The Daily Async"

        task = asyncio.ensure_future(view(request, *args, **kwargs))
        task.add_done_callback(sign)
        return task

    return wrapper


@require_GET
@signed
async def hello(request, clock):
    return JsonResponse({"message": "hello from async view", "time": await clock.read()})
