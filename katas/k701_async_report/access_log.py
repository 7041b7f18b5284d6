"""How long each request took, and what became of it. Edit this file; the brief is in README.md."""

from collections.abc import Awaitable, Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

GetResponse = Callable[[HttpRequest], Awaitable[HttpResponseBase]]

HEADER = "X-Duration-Ms"
LOGGER = "newsroom.access"


def access_log_middleware(get_response: GetResponse) -> GetResponse:
    """Return what Django calls in place of *get_response*. A class does as well.

    TODO (tasks 5 and 6).
    """
    raise NotImplementedError("task 5: time and log every answer")
