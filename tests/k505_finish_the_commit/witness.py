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

#: In which task the view runs, by reader.
tasks: dict[str, "asyncio.Task[object]"] = {}


@async_only_middleware
def witness(get_response: GetResponse) -> GetResponse:
    """Note how the view ends.

    A cancellation is seen at once, and so is an answer. An error first goes through Django's
    ``process_exception_by_middleware``, in the request's thread, and so behind the payment.
    """

    async def middleware(request: HttpRequest) -> HttpResponse:
        reader = request.POST.get("reader", "")
        raised: list[str] = []
        if task := asyncio.current_task():
            tasks[reader] = task

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
