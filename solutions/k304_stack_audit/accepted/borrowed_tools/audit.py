"""Borrows: the walk of admindocs, assertLogs of unittest; the time travels in the part."""

import asyncio
import logging
import re
import threading
import time
import unittest

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.contrib.admindocs.views import extract_views_from_urlpatterns
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpResponse, StreamingHttpResponse
from django.test import override_settings
from django.urls import get_resolver
from django.views import View

from katas.k304_stack_audit.reports import Observation


def audit(urlconf):
    endpoints = extract_views_from_urlpatterns(get_resolver(urlconf).url_patterns)
    # Backwards, so that of one route twice the first has the last word.
    return {
        str(route): "async" if iscoroutinefunction(view) else "sync"
        for view, route, *_ in reversed(endpoints)
    }


def adapted(stack):
    case = unittest.TestCase()
    with (
        override_settings(DEBUG=True, MIDDLEWARE=list(stack)),
        case.assertLogs("django.request", "DEBUG") as logs,
    ):
        ASGIHandler()
        # assertLogs wants to hear something, and there may have been nothing to hear.
        logging.getLogger("django.request").debug("loaded")
    said = "\n".join(logs.output)
    return re.findall(r"handler adapted for middleware (\S+)\.$", said, re.MULTILINE)


def observe(serve, requests):
    asker = threading.get_ident()
    seen = {"loops": [], "view": 0, "sync": 0}

    class Probe(View):
        async def get(self, request):
            seen["loops"].append(asyncio.get_running_loop())
            seen["view"] += threading.get_ident() != asker
            seen["sync"] += await sync_to_async(threading.get_ident)() != asker
            return HttpResponse("seen")

    for _ in range(requests):
        for _ in serve(Probe.as_view()):
            pass
    loops = set(seen["loops"])
    return Observation(
        len(loops), len([loop for loop in loops if loop.is_closed()]), seen["view"], seen["sync"]
    )


def lags(serve, pauses):
    async def parts():
        for pause in pauses:
            await asyncio.sleep(pause)
            yield repr(float(time.monotonic()))

    async def stream(request):
        return StreamingHttpResponse(parts())

    return [time.monotonic() - float(part) for part in serve(stream)]
