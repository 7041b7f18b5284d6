"""One of two classes has an `async def __call__`, and its instances bear no mark."""

import logging
import time

from asgiref.sync import iscoroutinefunction
from django.utils.decorators import sync_and_async_middleware

logger = logging.getLogger("newsroom.timing")


def finish(request, outcome, started):
    duration = f"{(time.perf_counter() - started) * 1000:.2f}"
    logger.info("%s %s %s %s ms", request.method, request.path, outcome, duration)
    return duration


class Sync:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        started = time.perf_counter()
        try:
            response = self.get_response(request)
        except BaseException as error:
            finish(request, type(error).__name__, started)
            raise
        response["X-Duration-Ms"] = finish(request, response.status_code, started)
        return response


class Async(Sync):
    async def __call__(self, request):
        started = time.perf_counter()
        try:
            response = await self.get_response(request)
        except BaseException as error:
            finish(request, type(error).__name__, started)
            raise
        response["X-Duration-Ms"] = finish(request, response.status_code, started)
        return response


@sync_and_async_middleware
def timing_middleware(get_response):
    return Async(get_response) if iscoroutinefunction(get_response) else Sync(get_response)
