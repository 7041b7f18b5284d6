"""The request's id, wherever its code runs. Edit this file; the brief is in README.md."""

from collections.abc import Awaitable, Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

GetResponse = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


def current_id() -> str | None:
    """Return the id of the request that this code runs for; None if it runs for none.

    TODO (task 3).
    """
    raise NotImplementedError("task 3: carry the id")


def request_id_middleware(get_response: GetResponse) -> GetResponse:
    """Return what Django calls in place of *get_response*. A class does as well.

    TODO (task 3): `choose_id` and HEADER are in ids.py.
    """
    raise NotImplementedError("task 3: carry the id")
