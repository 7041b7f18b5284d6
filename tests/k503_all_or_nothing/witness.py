"""A witness between Django and the view: what has come out of it."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

from asgiref.sync import markcoroutinefunction
from django.core.signals import got_request_exception
from django.http import HttpRequest
from django.http.response import HttpResponseBase

# What came out of the view, for each path with its query: a response or an exception.
outcomes: dict[str, str] = {}


class Witness:
    """A middleware that notes what comes out of the view."""

    sync_capable = False
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        try:
            response: HttpResponseBase = await self.get_response(request)
        except BaseException as error:
            outcomes[request.get_full_path()] = named(error)
            raise
        outcomes[request.get_full_path()] = f"a response with status {response.status_code}"
        return response


def errors_in(error: BaseException) -> Iterator[BaseException]:
    """Yield the errors that are in a group, or the one that is in none."""
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from errors_in(one)
    else:
        yield error


def named(error: BaseException) -> str:
    """Name the type of *error*, and of what is in it if it is a group."""
    inside = ", ".join(type(one).__name__ for one in errors_in(error))
    name = type(error).__name__
    return f"{name} ({inside})" if isinstance(error, BaseExceptionGroup) else name


@contextlib.contextmanager
def noting_errors(url: str) -> Iterator[list[Exception]]:
    """Note the exceptions of which Django makes error pages, in answer to *url*."""
    errors: list[Exception] = []

    def note(request: HttpRequest, **kwargs: object) -> None:
        error = sys.exc_info()[1]
        if isinstance(error, Exception) and request.get_full_path() == url:
            errors.append(error)

    got_request_exception.connect(note)
    try:
        yield errors
    finally:
        got_request_exception.disconnect(note)
