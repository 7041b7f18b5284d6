"""Middleware that stands right outside of the view, and sees when and how it ends."""

import asyncio
import sys
from collections.abc import Awaitable, Callable

from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import async_only_middleware

from dojo.instruments import learner

GetResponse = Callable[[HttpRequest], Awaitable[HttpResponse]]

#: How the view has ended, by reader: "cancelled", "answered 201", "raised …".
ended: dict[str, str] = {}


@async_only_middleware
def witness(get_response: GetResponse) -> GetResponse:
    """Note how the view ends."""

    async def middleware(request: HttpRequest) -> HttpResponse:
        reader = request.POST.get("reader", "")
        raised: list[str] = []

        def note(request: HttpRequest, **kwargs: object) -> None:
            if request.POST.get("reader", "") == reader and (error := sys.exc_info()[1]):
                raised.append(learner.told(error))

        got_request_exception.connect(note)
        try:
            response = await get_response(request)
        except asyncio.CancelledError:
            ended[reader] = "cancelled"
            raise
        finally:
            got_request_exception.disconnect(note)
        ended[reader] = f"raised {raised[0]}" if raised else f"answered {response.status_code}"
        return response

    return middleware


def deadline(seconds: float) -> Callable[[GetResponse], GetResponse]:
    """Return a middleware that cancels what is inside of it after so many seconds."""

    @async_only_middleware
    def outside(get_response: GetResponse) -> GetResponse:
        async def middleware(request: HttpRequest) -> HttpResponse:
            async with asyncio.timeout(seconds):
                return await get_response(request)

        return middleware

    return outside


deadline_10 = deadline(10)
deadline_20 = deadline(20)

WITNESS = f"{__name__}.witness"
DEADLINES = (f"{__name__}.deadline_20", f"{__name__}.deadline_10")
