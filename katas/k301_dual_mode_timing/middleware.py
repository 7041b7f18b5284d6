"""How long each request takes. Edit this file; the brief is in README.md."""

import time
from collections.abc import Awaitable, Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

SyncHandler = Callable[[HttpRequest], HttpResponseBase]
AsyncHandler = Callable[[HttpRequest], Awaitable[HttpResponseBase]]

HEADER = "X-Duration-Ms"
LOGGER = "newsroom.timing"


def timing_middleware(get_response: SyncHandler | AsyncHandler) -> SyncHandler | AsyncHandler:
    """Return a middleware of the kind of *get_response*; may as well be a class.

    TODO (tasks 1 to 4): this is the one from the days of WSGI.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        started = time.time()
        response: HttpResponseBase = get_response(request)  # type: ignore[assignment]
        if response.status_code == 200:
            response.headers[HEADER] = f"{(time.time() - started) * 1000:.2f}"
        return response

    return middleware
