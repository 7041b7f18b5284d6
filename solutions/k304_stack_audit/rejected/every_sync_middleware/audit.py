"""Reads no log: names all that does not call itself async."""

import asyncio
import time
from threading import get_ident

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import URLResolver, get_resolver
from django.utils.module_loading import import_string

from katas.k304_stack_audit.reports import Observation


def audit(urlconf):
    return dict(reversed(list(kinds(get_resolver(urlconf).url_patterns))))


def kinds(entries, prefix=""):
    for entry in entries:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from kinds(entry.url_patterns, route)
        else:
            yield route, "async" if iscoroutinefunction(entry.callback) else "sync"


def adapted(stack):
    return [
        name for name in reversed(stack) if not getattr(import_string(name), "async_capable", False)
    ]


def observe(serve, requests):
    here, loops = get_ident(), set()
    view_elsewhere, sync_elsewhere = [], []

    async def probe(request):
        loops.add(asyncio.get_running_loop())
        view_elsewhere.append(get_ident() != here)
        sync_elsewhere.append(await sync_to_async(get_ident)() != here)
        return HttpResponse()

    for _ in range(requests):
        list(serve(probe))
    closed = sum(loop.is_closed() for loop in loops)
    return Observation(len(loops), closed, sum(view_elsewhere), sum(sync_elsewhere))


def lags(serve, pauses):
    made = []

    async def parts():
        for pause in pauses:
            await asyncio.sleep(pause)
            made.append(time.monotonic())
            yield b"part"

    async def stream(request):
        return StreamingHttpResponse(parts())

    return [time.monotonic() - made[place] for place, _ in enumerate(serve(stream))]
