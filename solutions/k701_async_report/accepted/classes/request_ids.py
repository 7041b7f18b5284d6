"""The request's id, wherever its code runs: a class."""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar

from asgiref.sync import markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from katas.k701_async_report.ids import HEADER, choose_id

GetResponse = Callable[[HttpRequest], Awaitable[HttpResponseBase]]

current: ContextVar[str | None] = ContextVar("request_id", default=None)


def current_id() -> str | None:
    return current.get()


class request_id_middleware:
    sync_capable = False
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = choose_id(request.headers.get(HEADER))
        current.set(request_id)
        try:
            response = await self.get_response(request)
        finally:
            current.set(None)
        response.headers[HEADER] = request_id
        return response
