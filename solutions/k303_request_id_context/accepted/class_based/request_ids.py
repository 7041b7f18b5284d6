"""A class, marked; the ticker asks the request, the search goes to the request's own thread."""

import logging
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponseBase

HEADER = "X-Request-ID"
WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{1,64}")

# Returns a response, or a coroutine that does.
GetResponse = Callable[[HttpRequest], Any]

_current: ContextVar[str | None] = ContextVar("request_id", default=None)


def current_id() -> str | None:
    """Return the id of the request that this code runs for; None if it runs for none."""
    return _current.get()


class RequestIdFilter(logging.Filter):
    """Gives each record a `request_id`: the id of its request, or "-". Drops none."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Set `record.request_id` and let the record through."""
        # Django logs an error response after the middleware, with the request on the record.
        request = getattr(record, "request", None)
        record.request_id = current_id() or getattr(request, "request_id", None) or "-"
        return True


class request_id_middleware:
    """Gives every request an id."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        """Return the response, or a coroutine that does."""
        if self.is_async:
            return self.acall(request)
        with carried_along(request) as request_id:
            response = self.get_response(request)
        response[HEADER] = request_id
        return response

    async def acall(self, request: HttpRequest) -> HttpResponseBase:
        """Return the response."""
        with carried_along(request) as request_id:
            response: HttpResponseBase = await self.get_response(request)
        response[HEADER] = request_id
        return response


@contextmanager
def carried_along(request: HttpRequest) -> Iterator[str]:
    """Let `current_id` return the request's id inside the block, and what it was after it."""
    given = request.headers.get(HEADER, "")
    request_id = given if WELL_FORMED.fullmatch(given) else uuid.uuid4().hex
    request.request_id = request_id  # type: ignore[attr-defined]
    token = _current.set(request_id)
    try:
        yield request_id
    finally:
        _current.reset(token)
