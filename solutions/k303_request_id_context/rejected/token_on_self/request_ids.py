"""Keeps the token on the middleware, of which there is one for all requests."""

import logging
import re
import uuid
from collections.abc import Callable
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
        request.request_id = id_of(request)
        self.token = _current.set(request.request_id)
        try:
            response = self.get_response(request)
        finally:
            _current.reset(self.token)
        response[HEADER] = request.request_id
        return response

    async def acall(self, request: HttpRequest) -> HttpResponseBase:
        """Return the response."""
        request.request_id = id_of(request)
        self.token = _current.set(request.request_id)
        try:
            response = await self.get_response(request)
        finally:
            _current.reset(self.token)
        response[HEADER] = request.request_id
        return response


def id_of(request: HttpRequest) -> str:
    """Return the id that the request brings, or a new one."""
    given = request.headers.get(HEADER, "")
    return given if WELL_FORMED.fullmatch(given) else uuid.uuid4().hex
