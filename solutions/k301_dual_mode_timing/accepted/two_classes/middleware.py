"""A factory that picks one of two small classes; a plain `async def __call__` needs a mark."""

import logging
import time

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.utils.decorators import sync_and_async_middleware

log = logging.getLogger("newsroom.timing")


class Stopwatch:
    def __init__(self, request):
        self.request = request
        self.start = time.perf_counter_ns()

    def stop(self, outcome):
        ms = "%.2f" % ((time.perf_counter_ns() - self.start) / 1e6)
        log.info("%s %s %s %s ms", self.request.method, self.request.path, outcome, ms)
        return ms


class SyncTiming:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        watch = Stopwatch(request)
        try:
            response = self.get_response(request)
        except BaseException as error:
            watch.stop(type(error).__name__)
            raise
        response["X-Duration-Ms"] = watch.stop(response.status_code)
        return response


class AsyncTiming:
    def __init__(self, get_response):
        self.get_response = get_response
        markcoroutinefunction(self)

    async def __call__(self, request):
        watch = Stopwatch(request)
        try:
            response = await self.get_response(request)
        except BaseException as error:
            watch.stop(type(error).__name__)
            raise
        response["X-Duration-Ms"] = watch.stop(response.status_code)
        return response


@sync_and_async_middleware
def timing_middleware(get_response):
    return (AsyncTiming if iscoroutinefunction(get_response) else SyncTiming)(get_response)
