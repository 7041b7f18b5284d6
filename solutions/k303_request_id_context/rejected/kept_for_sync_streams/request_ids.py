"""Keeps the id under WSGI until a stream has been read."""

import logging
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

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


@sync_and_async_middleware
def request_id_middleware(get_response: GetResponse) -> GetResponse:
    """Return what Django calls in place of *get_response*, of the same kind."""
    if iscoroutinefunction(get_response):

        async def async_middleware(request: HttpRequest) -> HttpResponseBase:
            with carried_along(request) as request_id:
                response: HttpResponseBase = await get_response(request)
            response[HEADER] = request_id
            return response

        return async_middleware

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with ExitStack() as carrying:
            request_id = carrying.enter_context(carried_along(request))
            response: HttpResponseBase = get_response(request)
            if response.streaming:
                response._resource_closers.append(carrying.pop_all().close)
        response[HEADER] = request_id
        return response

    return middleware


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
