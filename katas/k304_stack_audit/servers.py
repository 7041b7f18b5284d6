"""Two servers without sockets, around Django's own handlers. Given.

A server is a function, `Serve`: it sends one GET request to a view and returns the parts of the
answer's body, each as it comes; parts are not empty. The request is over when all parts are read,
and not before that. What the view raises is raised here.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from queue import Queue
from typing import Any
from wsgiref.util import setup_testing_defaults

from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import got_request_exception
from django.http import HttpRequest
from django.http.response import HttpResponseBase

View = Callable[[HttpRequest], Awaitable[HttpResponseBase]]
Serve = Callable[[View], Iterator[bytes]]


class _OneView:
    """A handler that asks no URLconf."""

    view: View

    def resolve_request(self, request: HttpRequest) -> tuple[View, tuple[()], dict[str, object]]:
        """Have one view answer everything."""
        return self.view, (), {}


class _Wsgi(_OneView, WSGIHandler):  # type: ignore[misc]
    pass


class _Asgi(_OneView, ASGIHandler):  # type: ignore[misc]
    pass


def wsgi(view: View) -> Iterator[bytes]:
    """Serve *view* under WSGI: the request runs in the thread that calls this."""
    environ: dict[str, Any] = {}
    setup_testing_defaults(environ)
    handler = _Wsgi()
    handler.view = view
    with _raising():
        response = handler(environ, _start_response)

    def parts() -> Iterator[bytes]:
        try:
            yield from response
        finally:
            response.close()

    return parts()


def _start_response(status: str, headers: list[tuple[str, str]], *error: object) -> Any:
    """Take the start of the answer, which nobody here looks at."""


@contextmanager
def asgi() -> Iterator[Serve]:
    """Give a server that has one event loop for all requests, in a thread of its own.

    ``with asgi() as serve: ...``
    """
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def run() -> None:
        stop = asyncio.Event()
        started.set_result((asyncio.get_running_loop(), stop))
        await stop.wait()

    thread = threading.Thread(target=asyncio.run, args=(run(),), name="server")
    thread.start()
    loop, stop = started.result()
    try:
        yield partial(_ask, loop)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


def _ask(loop: asyncio.AbstractEventLoop, view: View) -> Iterator[bytes]:
    queue: Queue[bytes | None] = Queue()
    answered = asyncio.run_coroutine_threadsafe(answer(view, queue.put), loop)
    answered.add_done_callback(lambda _: queue.put(None))

    def parts() -> Iterator[bytes]:
        yield from iter(queue.get, None)
        answered.result()

    return parts()


async def answer(view: View, send_part: Callable[[bytes], object]) -> None:
    """Serve *view* once under ASGI, on the running loop; hand each part to *send_part*.

    A part that is empty is left out: ASGI sends one at the end of every stream.
    """
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1")],
    }
    inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    inbox.put_nowait({"type": "http.request", "body": b"", "more_body": False})

    async def send(message: Mapping[str, Any]) -> None:
        if part := message.get("body"):
            send_part(part)

    handler = _Asgi()
    handler.view = view
    with _raising():
        await handler(scope, inbox.get, send)


@contextmanager
def _raising() -> Iterator[None]:
    """Raise at the end of the block what Django has made an error page of."""
    raised: list[BaseException] = []

    def note(**kwargs: object) -> None:
        if error := sys.exc_info()[1]:
            raised.append(error)

    got_request_exception.connect(note)
    try:
        yield
    finally:
        got_request_exception.disconnect(note)
    if raised:
        raise raised[0]
