"""Somebody else's middleware, which does nothing but serve the modes that it can."""

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import (
    async_only_middleware,
    sync_and_async_middleware,
    sync_only_middleware,
)


@sync_only_middleware
def sync_only(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Pass every request on, in sync mode."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    return middleware


@async_only_middleware
def async_only(
    get_response: Callable[[HttpRequest], Awaitable[HttpResponse]],
) -> Callable[[HttpRequest], Awaitable[HttpResponse]]:
    """Pass every request on, in async mode."""

    async def middleware(request: HttpRequest) -> HttpResponse:
        return await get_response(request)

    return middleware


@sync_and_async_middleware
def both(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Pass every request on, in the mode of what is below, and look at the response."""
    if iscoroutinefunction(get_response):

        async def middleware(request: HttpRequest) -> Any:
            response = await get_response(request)
            response.headers.pop("X-Neighbour", None)
            return response

        return middleware

    def sync_middleware(request: HttpRequest) -> Any:
        response = get_response(request)
        response.headers.pop("X-Neighbour", None)
        return response

    return sync_middleware
