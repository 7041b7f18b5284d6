"""Reads no log: walks the stack by the rules that Django has today."""

import asyncio
import time
from threading import get_ident

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.core.exceptions import MiddlewareNotUsed
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
    async def handler(request):
        return HttpResponse()

    names, is_async = [], True
    for name in reversed(stack):
        middleware = import_string(name)
        can_sync = getattr(middleware, "sync_capable", True)
        can_async = getattr(middleware, "async_capable", False)
        try:
            middleware(handler)
        except MiddlewareNotUsed:
            continue
        becomes_async = can_async and (is_async or not can_sync)
        if becomes_async != is_async:
            names.append(name)
        is_async = becomes_async
    return names


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
