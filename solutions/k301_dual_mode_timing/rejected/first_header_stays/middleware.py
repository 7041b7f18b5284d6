"""Leaves the header alone where the response has it already."""

import logging
import time
from collections.abc import Awaitable, Callable
from typing import cast

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

SyncHandler = Callable[[HttpRequest], HttpResponseBase]
AsyncHandler = Callable[[HttpRequest], Awaitable[HttpResponseBase]]

HEADER = "X-Duration-Ms"
LOGGER = "newsroom.timing"

logger = logging.getLogger(LOGGER)


@sync_and_async_middleware
def timing_middleware(get_response: SyncHandler | AsyncHandler) -> SyncHandler | AsyncHandler:
    """Return a middleware of the kind of *get_response*."""
    if iscoroutinefunction(get_response):
        return async_timing(cast(AsyncHandler, get_response))
    return sync_timing(cast(SyncHandler, get_response))


def async_timing(get_response: AsyncHandler) -> AsyncHandler:
    """Return the middleware for an event loop."""

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        try:
            response = await get_response(request)
        except BaseException as error:
            log(request, error, started)
            raise
        return stamp(request, response, started)

    return middleware


def sync_timing(get_response: SyncHandler) -> SyncHandler:
    """Return the middleware for a thread."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        try:
            response = get_response(request)
        except BaseException as error:
            log(request, error, started)
            raise
        return stamp(request, response, started)

    return middleware


def stamp(request: HttpRequest, response: HttpResponseBase, started: float) -> HttpResponseBase:
    """Write the duration on *response* and into the log."""
    response.headers.setdefault(HEADER, log(request, response, started))
    return response


def log(request: HttpRequest, outcome: HttpResponseBase | BaseException, started: float) -> str:
    """Log the request with what became of it; return the milliseconds since *started*."""
    duration = f"{(time.perf_counter() - started) * 1000:.2f}"
    if isinstance(outcome, BaseException):
        result = type(outcome).__name__
    else:
        result = str(outcome.status_code)
    logger.info("%s %s %s %s ms", request.method, request.path, result, duration)
    return duration
