"""Middleware around and below the one under test."""

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import async_only_middleware, sync_and_async_middleware

SyncHandler = Callable[[HttpRequest], HttpResponseBase]
AsyncHandler = Callable[[HttpRequest], Awaitable[HttpResponseBase]]

#: What `witness` has seen come out of the middleware below it, in order.
seen: list[str] = []


def sync_only(get_response: SyncHandler) -> SyncHandler:
    """Return a middleware from the days of WSGI."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return get_response(request)

    return middleware


@async_only_middleware
def async_only(get_response: AsyncHandler) -> AsyncHandler:
    """Return a middleware that knows nothing but event loops."""

    async def middleware(request: HttpRequest) -> HttpResponseBase:
        return await get_response(request)

    return middleware


def told(outcome: object) -> str:
    """Say what came out: the status of a response, the class of anything else."""
    if isinstance(outcome, HttpResponseBase):
        return f"a response {outcome.status_code}"
    return type(outcome).__name__


@sync_and_async_middleware
def witness(get_response: Any) -> Any:
    """Return a middleware of either kind that notes what comes out of the one below."""
    if iscoroutinefunction(get_response):

        async def middleware(request: HttpRequest) -> HttpResponseBase:
            try:
                response: HttpResponseBase = await get_response(request)
            except BaseException as error:
                seen.append(told(error))
                raise
            seen.append(told(response))
            return response

        return middleware

    def sync_middleware(request: HttpRequest) -> HttpResponseBase:
        try:
            response: HttpResponseBase = get_response(request)
        except BaseException as error:
            seen.append(told(error))
            raise
        seen.append(told(response))
        return response

    return sync_middleware
