"""Sync only, as in the days of WSGI: under ASGI Django adapts the stack around it."""

import logging
import time

logger = logging.getLogger("newsroom.timing")


def finish(request, outcome, started):
    duration = f"{(time.perf_counter() - started) * 1000:.2f}"
    logger.info("%s %s %s %s ms", request.method, request.path, outcome, duration)
    return duration


def timing_middleware(get_response):
    def middleware(request):
        started = time.perf_counter()
        try:
            response = get_response(request)
        except BaseException as error:
            finish(request, type(error).__name__, started)
            raise
        response["X-Duration-Ms"] = finish(request, response.status_code, started)
        return response

    return middleware
