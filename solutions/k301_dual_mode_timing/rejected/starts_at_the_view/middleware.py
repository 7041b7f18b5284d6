"""Starts the clock in `process_view`, which is not called where there is no view."""

import logging
import time

from asgiref.sync import iscoroutinefunction, markcoroutinefunction

logger = logging.getLogger("newsroom.timing")


def finish(request, outcome):
    duration = f"{(time.perf_counter() - request.started) * 1000:.2f}"
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
        if iscoroutinefunction(self.get_response):
            return self.acall(request)
        try:
            response = self.get_response(request)
        except BaseException as error:
            finish(request, type(error).__name__)
            raise
        if hasattr(request, "started"):
            response["X-Duration-Ms"] = finish(request, response.status_code)
        return response

    def process_view(self, request, view, args, kwargs):
        request.started = time.perf_counter()

    async def acall(self, request):
        try:
            response = await self.get_response(request)
        except BaseException as error:
            finish(request, type(error).__name__)
            raise
        if hasattr(request, "started"):
            response["X-Duration-Ms"] = finish(request, response.status_code)
        return response


timing_middleware = TimingMiddleware
