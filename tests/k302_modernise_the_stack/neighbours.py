"""Somebody else's middleware, which serves one mode alone."""

from collections.abc import Awaitable, Callable

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import async_only_middleware, sync_only_middleware


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
