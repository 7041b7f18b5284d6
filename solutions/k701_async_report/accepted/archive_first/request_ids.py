"""The request's id, wherever its code runs."""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import async_only_middleware

from katas.k701_async_report.ids import HEADER, choose_id

GetResponse = Callable[[HttpRequest], Awaitable[HttpResponseBase]]

_current: ContextVar[str | None] = ContextVar("request_id", default=None)


def current_id() -> str | None:
    """Return the id of the request that this code runs for; None if it runs for none."""
    return _current.get()


@async_only_middleware
def request_id_middleware(get_response: GetResponse) -> GetResponse:
    """Give each request its id, and send that back."""

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        request_id = choose_id(request.headers.get(HEADER))
        token = _current.set(request_id)
        try:
            response = await get_response(request)
        finally:
            _current.reset(token)
        response.headers[HEADER] = request_id
        return response

    return middleware
