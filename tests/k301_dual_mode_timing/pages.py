"""Pages that take exactly as long as their URL says, on the clock of the test."""

import asyncio
import threading
import time

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from katas.newsroom import upstream


class BrokenPageError(Exception):
    """What the page /broken/ raises, on purpose."""


async def waits(request: HttpRequest, seconds: str) -> HttpResponse:
    """Wait on the event loop."""
    await asyncio.sleep(float(seconds))
    return HttpResponse("waited")


def works(request: HttpRequest, seconds: str) -> HttpResponse:
    """Wait in a thread, as sync code does."""
    time.sleep(float(seconds))
    return HttpResponse("worked")


async def missing(request: HttpRequest) -> HttpResponse:
    """Find nothing, after 0.1 s."""
    await asyncio.sleep(0.1)
    raise Http404


async def broken(request: HttpRequest) -> HttpResponse:
    """Fail, after 0.1 s."""
    await asyncio.sleep(0.1)
    raise BrokenPageError


async def fetches(request: HttpRequest) -> HttpResponse:
    """Ask a desk."""
    return HttpResponse(await upstream.desks.fetch("city"))


def exits(request: HttpRequest) -> HttpResponse:
    """Be ended from outside after 0.1 s, as gunicorn ends a sync worker that takes too long."""
    time.sleep(0.1)
    raise SystemExit(1)


async def where(request: HttpRequest) -> HttpResponse:
    """Tell the thread that an async page runs on."""
    return HttpResponse(this_thread())


def where_sync(request: HttpRequest) -> HttpResponse:
    """Tell the thread that a sync page runs on."""
    return HttpResponse(this_thread())


def this_thread() -> str:
    """Return the name and the number of the thread that asks."""
    thread = threading.current_thread()
    return f"{thread.name} ({thread.ident})"


urlpatterns = [
    path("waits/<str:seconds>/", waits),
    path("works/<str:seconds>/", works),
    path("missing/", missing),
    path("broken/", broken),
    path("fetches/", fetches),
    path("exits/", exits),
    path("where/", where),
    path("where-sync/", where_sync),
]
