"""Views that take their time, for the tests of the clock, and a sync-only middleware."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import path

from tests.dojo.instruments.site.models import Account

released: list[str] = []


async def fan_out(request: HttpRequest) -> HttpResponse:
    """Make five calls at once."""
    await asyncio.gather(*(asyncio.sleep(0.2) for _ in range(5)))
    return HttpResponse("done")


async def sequential(request: HttpRequest) -> HttpResponse:
    """Make five calls, one after the other."""
    for _ in range(5):
        await asyncio.sleep(0.2)
    return HttpResponse("done")


def nested(request: HttpRequest) -> HttpResponse:
    """Make five calls at once from a sync view."""

    @async_to_sync
    async def five() -> None:
        await asyncio.gather(*(asyncio.sleep(0.2) for _ in range(5)))

    five()
    return HttpResponse("done")


def nested_sequential(request: HttpRequest) -> HttpResponse:
    """Make five calls from a sync view, one after the other."""
    for _ in range(5):
        async_to_sync(asyncio.sleep)(0.2)
    return HttpResponse("done")


def sleepy(request: HttpRequest) -> HttpResponse:
    """Sleep in a sync view."""
    time.sleep(0.2)
    return HttpResponse("done")


async def database(request: HttpRequest) -> HttpResponse:
    """Use the database, and nothing else that takes time."""
    await Account.objects.acreate(balance=1)
    return HttpResponse(str(await Account.objects.acount()))


async def slow_database(request: HttpRequest) -> HttpResponse:
    """Use the database, and wait."""
    await asyncio.sleep(0.1)
    return HttpResponse(str(await Account.objects.acount()))


async def stream(request: HttpRequest) -> StreamingHttpResponse:
    """Send five parts, each a while after the one before."""

    async def parts() -> AsyncIterator[str]:
        try:
            for number in range(5):
                await asyncio.sleep(0.2)
                yield f"{number}\n"
        except asyncio.CancelledError:
            released.append("stream")
            raise

    return StreamingHttpResponse(parts())


def sync_only(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Pass every request on, but only as sync middleware."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return get_response(request)

    return middleware


urlpatterns = [
    path("fan_out/", fan_out),
    path("sequential/", sequential),
    path("nested/", nested),
    path("nested_sequential/", nested_sequential),
    path("sleepy/", sleepy),
    path("database/", database),
    path("slow_database/", slow_database),
    path("stream/", stream),
]
