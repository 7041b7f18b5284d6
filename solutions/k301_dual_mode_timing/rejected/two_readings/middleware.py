"""Reads the clock for the record, and once more for the header."""

import logging
import time

from asgiref.sync import iscoroutinefunction
from django.utils.decorators import sync_and_async_middleware

logger = logging.getLogger("newsroom.timing")


def milliseconds(started):
    return f"{(time.perf_counter() - started) * 1000:.2f}"


def finish(request, outcome, started):
    duration = milliseconds(started)
    logger.info("%s %s %s %s ms", request.method, request.path, outcome, duration)


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
            finish(request, response.status_code, started)
            response["X-Duration-Ms"] = milliseconds(started)
            return response

    else:

        def middleware(request):
            started = time.perf_counter()
            try:
                response = get_response(request)
            except BaseException as error:
                finish(request, type(error).__name__, started)
                raise
            finish(request, response.status_code, started)
            response["X-Duration-Ms"] = milliseconds(started)
            return response

    return middleware
