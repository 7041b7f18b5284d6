"""Middleware that stands outside of the one under test, and sees what that leaves behind."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.decorators import async_only_middleware, sync_only_middleware

from katas.k303_request_id_context.request_ids import current_id

#: What `current_id()` returned here once each request was over, however it ended.
afterwards: list[str | None] = []

GetResponse = Callable[[HttpRequest], Any]


@async_only_middleware
def outside_async(get_response: GetResponse) -> GetResponse:
    """Stand outside on an ASGI server."""

    async def middleware(request: HttpRequest) -> Any:
        try:
            return await get_response(request)
        finally:
            afterwards.append(current_id())

    return middleware


@sync_only_middleware
def outside_sync(get_response: GetResponse) -> GetResponse:
    """Stand outside on a WSGI server."""

    def middleware(request: HttpRequest) -> Any:
        try:
            return get_response(request)
        finally:
            afterwards.append(current_id())

    return middleware


BY_SERVER = {
    "ASGI": f"{__name__}.{outside_async.__name__}",
    "WSGI": f"{__name__}.{outside_sync.__name__}",
}
