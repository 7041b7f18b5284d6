"""Everything by hand: imports the URLconf, keeps a list of what is left, sets settings itself."""

import asyncio
import logging
import threading
import time
from importlib import import_module
from logging.handlers import BufferingHandler

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.http import JsonResponse, StreamingHttpResponse

from katas.k304_stack_audit.reports import Observation


def audit(urlconf):
    found = {}
    left = [("", entry) for entry in import_module(urlconf).urlpatterns]
    while left:
        # From the last to the first: of one route twice the first is written last, and stays.
        prefix, entry = left.pop()
        route = f"{prefix}{entry.pattern}"
        if hasattr(entry, "url_patterns"):
            left += [(route, inner) for inner in entry.url_patterns]
        elif iscoroutinefunction(entry.callback):
            found[route] = "async"
        else:
            found[route] = "sync"
    return found


def adapted(stack):
    logger = logging.getLogger("django.request")
    buffer = BufferingHandler(10_000)
    before = settings.DEBUG, settings.MIDDLEWARE, logger.level
    settings.DEBUG, settings.MIDDLEWARE = True, stack
    logger.setLevel(logging.DEBUG)
    logger.addHandler(buffer)
    try:
        BaseHandler().load_middleware(is_async=True)
    finally:
        settings.DEBUG, settings.MIDDLEWARE = before[:2]
        logger.setLevel(before[2])
        logger.removeHandler(buffer)
    return [
        record.args[0].removeprefix("middleware ")
        for record in buffer.buffer
        if record.msg.endswith(" handler adapted for %s.")
    ]


def observe(serve, requests):
    seen = []

    async def probe(request):
        sync_thread = await sync_to_async(threading.current_thread)()
        seen.append((asyncio.get_running_loop(), threading.current_thread(), sync_thread))
        return JsonResponse({})

    for _ in range(requests):
        b"".join(serve(probe))
    loops, views, syncs = map(list, zip(*seen, strict=True))
    asker = threading.current_thread()
    return Observation(
        loops=len(set(loops)),
        closed=len({loop for loop in loops if loop.is_closed()}),
        view_elsewhere=len(views) - views.count(asker),
        sync_elsewhere=len(syncs) - syncs.count(asker),
    )


def lags(serve, pauses):
    made, arrived = [], []

    async def stream(request):
        async def parts():
            for number, pause in enumerate(pauses):
                await asyncio.sleep(pause)
                made.append(time.perf_counter_ns())
                yield f"part {number}\n"

        return StreamingHttpResponse(parts(), content_type="text/plain")

    for _ in serve(stream):
        arrived.append(time.perf_counter_ns())
    return [(end - start) / 1e9 for start, end in zip(made, arrived, strict=True)]
