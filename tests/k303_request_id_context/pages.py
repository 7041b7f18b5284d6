"""Pages that only answer."""

import asyncio
import time

from django.http import HttpRequest, HttpResponse


def sync_page(request: HttpRequest) -> HttpResponse:
    """Answer."""
    return HttpResponse("the page")


async def async_page(request: HttpRequest) -> HttpResponse:
    """Answer."""
    return HttpResponse("the page")


def slow_sync_page(request: HttpRequest) -> HttpResponse:
    """Answer when all that are asked at one time are under way."""
    time.sleep(0.1)
    return HttpResponse("the page")


async def slow_async_page(request: HttpRequest) -> HttpResponse:
    """Answer when all that are asked at one time are under way."""
    await asyncio.sleep(0.1)
    return HttpResponse("the page")


# The pages that cost no thread.
BY_SERVER = {"ASGI": async_page, "WSGI": sync_page}
SLOW_BY_SERVER = {"ASGI": slow_async_page, "WSGI": slow_sync_page}
