"""Builds a response of its own from what came."""

import logging
import time

from asgiref.sync import iscoroutinefunction
from django.http import HttpResponse
from django.utils.decorators import sync_and_async_middleware

logger = logging.getLogger("newsroom.timing")


def finish(request, outcome, started):
    duration = f"{(time.perf_counter() - started) * 1000:.2f}"
    logger.info("%s %s %s %s ms", request.method, request.path, outcome, duration)
    return duration


@sync_and_async_middleware
def timing_middleware(get_response):
    if iscoroutinefunction(get_response):

        async def middleware(request):
            started = time.perf_counter()
            try:
                response = await get_response(request)
            except BaseException as error:
                finish(request, type(error).__name__, started)
                raise
            copy = HttpResponse(
                response.content, status=response.status_code, headers=dict(response.headers)
            )
            copy.headers["X-Duration-Ms"] = finish(request, response.status_code, started)
            return copy

    else:

        def middleware(request):
            started = time.perf_counter()
            try:
                response = get_response(request)
            except BaseException as error:
                finish(request, type(error).__name__, started)
                raise
            copy = HttpResponse(
                response.content, status=response.status_code, headers=dict(response.headers)
            )
            copy.headers["X-Duration-Ms"] = finish(request, response.status_code, started)
            return copy

    return middleware
