"""The request's id, on everything that is done for it. Edit this file; README.md has the brief."""

import logging
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

HEADER = "X-Request-ID"

# Returns a response, or a coroutine that does.
GetResponse = Callable[[HttpRequest], Any]


def current_id() -> str | None:
    """Return the id of the request that this code runs for; None if it runs for none.

    TODO (tasks 3 and 4).
    """
    raise NotImplementedError("task 3: carry it along")


class RequestIdFilter(logging.Filter):
    """Gives each record a `request_id`: the id of its request, or "-". Drops none."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Set `record.request_id` and let the record through.

        TODO (task 5).
        """
        raise NotImplementedError("task 5: put it on the log")


def request_id_middleware(get_response: GetResponse) -> GetResponse:
    """Return what Django calls in place of *get_response*. A class does as well.

    TODO (tasks 1 to 4).
    """
    raise NotImplementedError("task 1: give every request an id")
