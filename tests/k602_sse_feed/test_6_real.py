"""A real server, and a connection that is really dropped."""

import asyncio
import http.client
import queue
import socket
import time
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Any
from urllib.parse import urlencode

import pytest

from dojo.instruments.asgi import Message
from dojo.instruments.patience import Stopwatch
from dojo.instruments.uvicorn_server import Server
from tests.k602_sse_feed.blog import URL, Blog
from tests.k602_sse_feed.leaving import several
from tests.k602_sse_feed.line import FLOOD

# As in test_5_gone.
pytestmark = pytest.mark.filterwarnings("ignore:async_to_sync was passed a non-async-marked")

# Real seconds, that only a wrong answer uses up.
PATIENCE_S = 2.0
LOOK_S = 0.01

CALL = f"GET {URL} of a real server"


def soon(happens: Callable[[], bool], *, otherwise: Callable[[], str]) -> None:
    """Look until something has happened; fail if it does not."""
    __tracebackhide__ = True
    watch = Stopwatch()
    while not happens():
        if watch.is_over(PATIENCE_S):
            pytest.fail(f"{CALL}{otherwise()}", pytrace=False)
        time.sleep(LOOK_S)


class Watched:
    """The application behind a server; notes how many subscriptions there are when one ends."""

    def __init__(self, blog: Blog) -> None:
        self.left: queue.Queue[int] = queue.Queue()
        self._blog = blog

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        sent = 0

        async def limited(message: Message) -> None:
            nonlocal sent
            sent += 1
            if sent > FLOOD:
                await asyncio.Event().wait()
            await send(message)

        try:
            await self._blog.application(scope, receive, limited)
        finally:
            if scope["path"] == URL:
                self.left.put(self._blog.hub.subscribers)


class Reader:
    """A reader with a socket."""

    def __init__(self, server: Server, who: str) -> None:
        self.socket = socket.create_connection((server.host, server.port))
        self._who = who
        self._received = b""
        self.socket.settimeout(LOOK_S)
        self.socket.sendall(f"GET {URL} HTTP/1.1\r\nHost: testserver\r\n\r\n".encode())

    def expect(self, text: str) -> None:
        """Fail if *text* does not come."""
        __tracebackhide__ = True

        def has_come() -> bool:
            with suppress(TimeoutError):
                self._received += self.socket.recv(65536)
            return text.encode() in self._received

        soon(
            has_come,
            otherwise=lambda: f", {self._who}: {self._received!r} came; expected {text!r} in it.",
        )

    def close(self) -> None:
        """Drop the connection."""
        self.socket.close()


def publish(server: Server, text: str) -> None:
    """Publish an entry, as the desk does: on the server's loop."""
    with closing(http.client.HTTPConnection(server.host, server.port)) as desk:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        desk.request("POST", "/publish/", urlencode({"text": text}), headers)
        desk.getresponse().read()


@pytest.mark.task(5)
@pytest.mark.realtime
def test_a_dropped_connection(blog: Blog) -> None:
    """On a real uvicorn, a dropped connection ends its own subscription, and no other."""
    watched = Watched(blog)
    with (
        Server(watched) as server,
        closing(Reader(server, "by one who stays")) as stays,
        closing(Reader(server, "by one who will drop it")) as drops,
    ):
        soon(
            lambda: blog.hub.subscribers == 2,
            otherwise=lambda: (
                f", twice: subscriptions {blog.hub.subscribers}; expected 2"
                f"{several(blog.hub.subscribers - 1)}. (task 1)"
            ),
        )
        publish(server, "Storm")
        for reader in (stays, drops):
            reader.expect("Storm")

        drops.close()
        soon(
            lambda: not watched.left.empty(),
            otherwise=lambda: (
                ", whose connection was dropped: the request goes on; expected it to end."
            ),
        )
        left = watched.left.get()
        assert left == 1, (
            f"{CALL}, by two, of whom one has dropped the connection: subscriptions when that "
            f"request was over: {left}; expected 1."
        )
        publish(server, "Calm")
        stays.expect("Calm")
