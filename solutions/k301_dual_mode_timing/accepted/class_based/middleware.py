"""A class: two flags, a mark on the instance, and one `__call__` for each kind."""

import logging
import time

from asgiref.sync import iscoroutinefunction, markcoroutinefunction

logger = logging.getLogger("newsroom.timing")


class TimingMiddleware:
    sync_capable = True
    async_capable = True

    def __init__(self, get_response):
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request):
        if self.is_async:
            return self.acall(request)
        started = time.perf_counter()
        outcome = "no response"
        try:
            response = self.get_response(request)
            outcome = response.status_code
        except BaseException as error:
            outcome = type(error).__name__
            raise
        finally:
            duration = self.log(request, outcome, started)
        response["X-Duration-Ms"] = duration
        return response

    async def acall(self, request):
        started = time.perf_counter()
        outcome = "no response"
        try:
            response = await self.get_response(request)
            outcome = response.status_code
        except BaseException as error:
            outcome = type(error).__name__
            raise
        finally:
            duration = self.log(request, outcome, started)
        response["X-Duration-Ms"] = duration
        return response

    def log(self, request, outcome, started):
        duration = f"{(time.perf_counter() - started) * 1000:.2f}"
        logger.info("%s %s %s %s ms", request.method, request.path, outcome, duration)
        return duration


timing_middleware = TimingMiddleware
