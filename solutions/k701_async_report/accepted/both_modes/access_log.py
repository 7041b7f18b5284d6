"""How long each request took, and what became of it."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from katas.k701_async_report.request_ids import current_id

HEADER = "X-Duration-Ms"
LOGGER = "newsroom.access"

logger = logging.getLogger(LOGGER)


@sync_and_async_middleware
def access_log_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[..., Any]:
    """Log one line for each request, and send the duration back, under WSGI as well."""
    if iscoroutinefunction(get_response):

        async def middleware(request: HttpRequest) -> HttpResponseBase:
            with timed(request) as done:
                return done(await get_response(request))

        return middleware

    def sync_middleware(request: HttpRequest) -> HttpResponseBase:
        with timed(request) as done:
            return done(get_response(request))

    return sync_middleware


@contextmanager
def timed(request: HttpRequest) -> Iterator[Callable[[HttpResponseBase], HttpResponseBase]]:
    started = time.perf_counter()

    def log(outcome: object) -> str:
        duration = f"{(time.perf_counter() - started) * 1000:.2f}"
        line = "%s %s %s %s %s ms"
        logger.info(line, current_id(), request.method, request.path, outcome, duration)
        return duration

    def done(response: HttpResponseBase) -> HttpResponseBase:
        response.headers[HEADER] = log(response.status_code)
        return response

    try:
        yield done
    except BaseException as error:
        log(type(error).__name__)
        raise
