"""Asks the function that Django's handler uses, and lets a request load the stack."""

import asyncio
import time
from threading import get_ident
from unittest import mock

from asgiref.sync import async_to_sync, sync_to_async
from django.core.handlers import base
from django.http import HttpResponse, StreamingHttpResponse
from django.test import AsyncClient, override_settings
from django.urls import URLPattern, get_resolver

from katas.k304_stack_audit.listener import ADAPTED
from katas.k304_stack_audit.reports import Observation


def audit(urlconf):
    def walk(resolver, prefix):
        for entry in resolver.url_patterns:
            route = f"{prefix}{entry.pattern}"
            if isinstance(entry, URLPattern):
                # Whichever it is on this version: asgiref's up to 6.0, inspect's from 6.1 on.
                is_async = base.iscoroutinefunction(entry.callback)
                found.setdefault(route, "async" if is_async else "sync")
            else:
                walk(entry, route)

    found = {}
    walk(get_resolver(urlconf), "")
    return found


def adapted(stack):
    with (
        override_settings(DEBUG=True, MIDDLEWARE=tuple(stack)),
        mock.patch.object(base.logger, "debug") as debug,
    ):
        async_to_sync(AsyncClient().get)("/")
    lines = [call.args[0] % call.args[1:] for call in debug.call_args_list]
    return [match[1] for match in map(ADAPTED.match, lines) if match]


def observe(serve, requests):
    here, loops, elsewhere = get_ident(), [], []

    async def probe(request):
        loops.append(asyncio.get_event_loop())
        threads = get_ident(), await sync_to_async(get_ident)()
        elsewhere.append([thread != here for thread in threads])
        return HttpResponse()

    for _ in range(requests):
        tuple(serve(probe))
    views, syncs = zip(*elsewhere, strict=True)
    different = set(loops)
    closed = [loop for loop in different if loop.is_closed()]
    return Observation(len(different), len(closed), sum(views), sum(syncs))


class Parts:
    def __init__(self, pauses):
        self.pauses = iter(pauses)
        self.made = []

    def __aiter__(self):
        return self

    async def __anext__(self):
        try:
            await asyncio.sleep(next(self.pauses))
        except StopIteration:
            raise StopAsyncIteration from None
        self.made.append(asyncio.get_running_loop().time())
        return b"part"


def lags(serve, pauses):
    parts = Parts(pauses)

    async def stream(request):
        return StreamingHttpResponse(parts)

    arrived = [time.monotonic() for _ in serve(stream)]
    return [end - start for start, end in zip(parts.made, arrived, strict=True)]
