"""The middleware under test without Django around it: called as the one above it calls it."""

import asyncio
import time

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test import AsyncRequestFactory, RequestFactory

from katas.k301_dual_mode_timing.middleware import timing_middleware
from tests.k301_dual_mode_timing.words import told

MODES = ["async", "sync"]
#: What `handed_on` says of a middleware that hands on what it is given.
THE_SAME = "what went in"


class StoppedError(BaseException):
    """Ends a request, and is neither an Exception nor one of those that everybody knows."""


class Below:
    """Stands for the stack below: takes 0.1 s, and then returns or raises *outcome*."""

    def __init__(self, outcome: HttpResponseBase | BaseException) -> None:
        self.outcome = outcome
        #: The task in which `on_a_loop` has run.
        self.task: asyncio.Task[object] | None = None

    async def on_a_loop(self, request: HttpRequest) -> HttpResponseBase:
        """Be the async one."""
        self.task = asyncio.current_task()
        await asyncio.sleep(0.1)
        return self._end()

    def in_a_thread(self, request: HttpRequest) -> HttpResponseBase:
        """Be the sync one."""
        time.sleep(0.1)
        return self._end()

    def _end(self) -> HttpResponseBase:
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        return self.outcome


async def handed_on(
    mode: str, below: Below, *, method: str = "GET", url: str = "/direct/", prefix: str = ""
) -> str:
    """Say what comes out of the middleware above *below*: `THE_SAME`, or what else.

    As under a server, the async one is awaited on the loop, the sync one called in a thread. The
    server has the site below *prefix*, and hands it on apart from *url*, as the script name.
    """
    if mode == "async":
        asgi = AsyncRequestFactory(root_path=prefix)
        return await _from_the_async_one(below, asgi.generic(method, prefix + url))
    request = RequestFactory(SCRIPT_NAME=prefix).generic(method, url)
    return await asyncio.to_thread(_from_the_sync_one, below, request)


async def _from_the_async_one(below: Below, request: HttpRequest) -> str:
    try:
        came: object = await timing_middleware(below.on_a_loop)(request)  # type: ignore[misc]
    except BaseException as error:
        return _named(error, below)
    return _named(came, below)


def _from_the_sync_one(below: Below, request: HttpRequest) -> str:
    try:
        came: object = timing_middleware(below.in_a_thread)(request)
    except BaseException as error:
        return _named(error, below)
    return _named(came, below)


def _named(came: object, below: Below) -> str:
    if came is below.outcome:
        return THE_SAME
    if type(came) is type(below.outcome):
        return f"another {type(came).__name__}"
    return told(came) if isinstance(came, BaseException) else f"a {type(came).__name__}"
