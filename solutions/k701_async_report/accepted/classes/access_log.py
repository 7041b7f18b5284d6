"""How long each request took: a class, and one place that logs."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from katas.k701_async_report.request_ids import current_id

GetResponse = Callable[[HttpRequest], Awaitable[HttpResponseBase]]

logger = logging.getLogger("newsroom.access")


class access_log_middleware:
    sync_capable = False
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.monotonic()
        outcome: Any = None
        try:
            response = await self.get_response(request)
            outcome = response.status_code
        except asyncio.CancelledError as error:
            outcome = type(error).__name__
            raise
        finally:
            ms = f"{1000 * (time.monotonic() - started):.2f}"
            logger.info(f"{current_id()} {request.method} {request.path} {outcome} {ms} ms")
        response["X-Duration-Ms"] = ms
        return response
