"""Two functions of the module; a partial of a coroutine function counts as one, too."""

import logging
from functools import partial
from time import perf_counter

from asgiref.sync import iscoroutinefunction
from django.utils.decorators import sync_and_async_middleware

logger = logging.getLogger("newsroom.timing")


def report(request, started, result):
    duration = f"{1000 * (perf_counter() - started):.2f}"
    logger.info(" ".join([request.method, request.path, str(result), duration, "ms"]))
    return duration


async def async_timing(get_response, request):
    started = perf_counter()
    try:
        response = await get_response(request)
    except BaseException as error:
        report(request, started, type(error).__name__)
        raise
    response.headers["X-Duration-Ms"] = report(request, started, response.status_code)
    return response


def sync_timing(get_response, request):
    started = perf_counter()
    try:
        response = get_response(request)
    except BaseException as error:
        report(request, started, type(error).__name__)
        raise
    response.headers["X-Duration-Ms"] = report(request, started, response.status_code)
    return response


@sync_and_async_middleware
def timing_middleware(get_response):
    if iscoroutinefunction(get_response):
        return partial(async_timing, get_response)
    return partial(sync_timing, get_response)
