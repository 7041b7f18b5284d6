"""How long each request took, and what became of it."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from katas.k701_async_report.request_ids import current_id

GetResponse = Callable[[HttpRequest], Awaitable[HttpResponseBase]]

HEADER = "X-Duration-Ms"
LOGGER = "newsroom.access"

logger = logging.getLogger(LOGGER)


@sync_and_async_middleware
def access_log_middleware(get_response: GetResponse) -> GetResponse:
    """Log one line for each request, and send the duration back."""

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()

        def log(outcome: object) -> str:
            duration = f"{(time.perf_counter() - started) * 1000:.2f}"
            line = "%s %s %s %s %s ms"
            logger.info(line, current_id(), request.method, request.path, outcome, duration)
            return duration

        try:
            response = await get_response(request)
        except asyncio.CancelledError:
            log("CancelledError")
            raise
        response.headers[HEADER] = log(response.status_code)
        return response

    return middleware
