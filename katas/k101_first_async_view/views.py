"""A page that greets the morning shift. Edit this file; the brief is in README.md."""

import functools
from collections.abc import Callable
from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse


class Clock(Protocol):
    """What the view needs of a clock."""

    async def read(self) -> str:
        """Return the time; takes a while."""


def signed(view: Callable[..., Any]) -> Callable[..., Any]:
    """Add the header ``X-Newsroom: The Daily Async`` to every response of an async view.

    TODO (task 4): as it is, it breaks the views that it decorates.
    """

    @functools.wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = view(request, *args, **kwargs)
        response["X-Newsroom"] = "The Daily Async"
        return response

    return wrapper


async def hello(request: HttpRequest, clock: Clock) -> HttpResponse:
    """Answer with a greeting and the time that *clock* tells.

    TODO: tasks 1 to 4.
    """
    raise NotImplementedError("task 1: answer in JSON")
