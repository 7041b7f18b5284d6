"""An audit: what is async, what Django adapts, what runs where."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from threading import get_ident

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import override_settings
from django.urls import URLPattern, URLResolver, get_resolver

from katas.k304_stack_audit.listener import ADAPTED, Listener
from katas.k304_stack_audit.reports import Kind, Observation
from katas.k304_stack_audit.servers import Serve


def audit(urlconf: str) -> dict[str, Kind]:
    """Return for each endpoint of *urlconf* what Django takes its view for."""
    found: dict[str, Kind] = {}
    for route, kind in kinds(get_resolver(urlconf).url_patterns):
        # Of two entries with the same route Django serves the first.
        found.setdefault(route, kind)
    return found


def kinds(
    entries: Iterable[URLPattern | URLResolver], prefix: str = ""
) -> Iterator[tuple[str, Kind]]:
    """Yield route and kind of each endpoint, those of included URLconfs too."""
    for entry in entries:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from kinds(entry.url_patterns, route)
        else:
            # asgiref's sees marked objects on Python 3.11 too, where inspect's does not.
            yield route, "async" if iscoroutinefunction(entry.callback) else "sync"


def adapted(stack: Sequence[str]) -> list[str]:
    """Return the middleware for which Django adapts a handler when it loads *stack* under ASGI."""
    logger, listener = logging.getLogger("django.request"), Listener()
    level = logger.level
    logger.addHandler(listener)
    logger.setLevel(logging.DEBUG)
    try:
        # The handler does not even log unless DEBUG is on.
        with override_settings(DEBUG=True, MIDDLEWARE=list(stack)):
            ASGIHandler()
    finally:
        logger.setLevel(level)
        logger.removeHandler(listener)
    return [match[1] for match in map(ADAPTED.match, listener.messages) if match]


def observe(serve: Serve, requests: int) -> Observation:
    """Send *requests* requests, one after the other, to an async view and report where they ran."""
    # The loops themselves: the id of one that is gone may be given to the next.
    here, loops = get_ident(), set[asyncio.AbstractEventLoop]()
    view_elsewhere, sync_elsewhere = list[bool](), list[bool]()

    async def probe(request: HttpRequest) -> HttpResponse:
        loops.add(asyncio.get_running_loop())
        view_elsewhere.append(get_ident() != here)
        sync_elsewhere.append(await sync_to_async(get_ident)() != here)
        return HttpResponse()

    for _ in range(requests):
        list(serve(probe))
    closed = sum(loop.is_closed() for loop in loops)
    return Observation(len(loops), closed, sum(view_elsewhere), sum(sync_elsewhere))


def lags(serve: Serve, pauses: Sequence[float]) -> list[float]:
    """Let an async generator stream one part per pause and report how late each part arrives."""
    made: list[float] = []

    async def parts() -> AsyncIterator[bytes]:
        for pause in pauses:
            await asyncio.sleep(pause)
            made.append(time.monotonic())
            yield b"part"

    async def stream(request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(parts())

    return [time.monotonic() - made[place] for place, _ in enumerate(serve(stream))]
