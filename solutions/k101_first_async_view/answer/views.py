"""A page that greets the morning shift."""

import functools
from collections.abc import Callable
from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET


class Clock(Protocol):
    """What the view needs of a clock."""

    async def read(self) -> str:
        """Return the time; takes a while."""


def signed(view: Callable[..., Any]) -> Callable[..., Any]:
    """Add the header ``X-Newsroom: The Daily Async`` to every response of an async view."""

    @functools.wraps(view)
    async def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = await view(request, *args, **kwargs)
        response["X-Newsroom"] = "The Daily Async"
        return response

    return wrapper


@require_GET
@signed
async def hello(request: HttpRequest, clock: Clock) -> HttpResponse:
    """Answer with a greeting and the time that *clock* tells."""
    return JsonResponse({"message": "hello from async view", "time": await clock.read()})
