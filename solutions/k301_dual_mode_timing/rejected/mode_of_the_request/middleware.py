"""Picks the kind for each request, by the class of the request."""

import logging
import time

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.core.handlers.asgi import ASGIRequest

logger = logging.getLogger("newsroom.timing")


def finish(request, outcome, started):
    duration = f"{(time.perf_counter() - started) * 1000:.2f}"
    logger.info("%s %s %s %s ms", request.method, request.path, outcome, duration)
    return duration


class TimingMiddleware:
    sync_capable = True
    async_capable = True

    def __init__(self, get_response):
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request):
        if isinstance(request, ASGIRequest):
            return self.acall(request)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
        except BaseException as error:
            finish(request, type(error).__name__, started)
            raise
        response["X-Duration-Ms"] = finish(request, response.status_code, started)
        return response

    async def acall(self, request):
        started = time.perf_counter()
        try:
            response = await self.get_response(request)
        except BaseException as error:
            finish(request, type(error).__name__, started)
            raise
        response["X-Duration-Ms"] = finish(request, response.status_code, started)
        return response


timing_middleware = TimingMiddleware
