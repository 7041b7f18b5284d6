"""A real server, desks that do not answer, and a client whose connection breaks."""

import asyncio
import queue
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler

from dojo.instruments.patience import Stopwatch
from dojo.instruments.service import Service
from dojo.instruments.uvicorn_server import Server
from tests.k701_async_report.newsdesks import NAMES, Newsdesks
from tests.k701_async_report.site import REPORT

Item = TypeVar("Item")

# Real seconds, that only a wrong answer uses up.
PATIENCE_S = 2.0
LOOK_S = 0.05


class SilentDesks(Newsdesks):
    """Desks that never answer the first call for each of them, and answer the others at once.

    Attributes:
        asked: The names of the desks whose first call has come.
    """

    def __init__(self, service: Service) -> None:
        super().__init__(service)
        self.asked: queue.Queue[str] = queue.Queue()
        self._silent = set(NAMES)

    async def fetch(self, key: str) -> str:
        """Return the top story of a desk. A call that is cut off has something to put away."""
        if key not in self._silent:
            return f"Top story from the {key} desk"
        self._silent.remove(key)
        self.open.append(key)
        try:
            # Whoever reads the archive meanwhile has sent for it before, and to the same thread:
            # when this is over, the view waits for the desks alone.
            await sync_to_async(int)()
            self.asked.put(key)
            await asyncio.Event().wait()
        finally:
            # Each some turns of the loop later than the one before.
            for _ in range(NAMES.index(key) * 5 + 5):
                try:
                    await asyncio.sleep(0)
                except asyncio.CancelledError:
                    self.hit_again.append(key)
            self.open.remove(key)
        raise AssertionError("nobody sets that event")


@contextmanager
def served() -> Iterator[Server]:
    """Serve Django by a real uvicorn, in a thread."""
    # Here, so that what a middleware raises when it is loaded fails the test, and not the server.
    with Server(ASGIHandler()) as server:
        yield server


@contextmanager
def connection(server: Server, request_id: str) -> Iterator[socket.socket]:
    """Ask for the report by a bare socket, and break the connection at the end of the block."""
    head = f"GET {REPORT} HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: {request_id}\r\n\r\n"
    with socket.create_connection((server.host, server.port)) as client:
        client.sendall(head.encode())
        yield client


def soon(items: "queue.Queue[Item]", *, otherwise: str) -> Item:
    """Return the next item; fail if it does not come."""
    __tracebackhide__ = True
    watch = Stopwatch()
    while not watch.is_over(PATIENCE_S):
        try:
            return items.get(timeout=LOOK_S)
        except queue.Empty:
            continue
    pytest.fail(f"GET {REPORT} of a real server: {otherwise}", pytrace=False)
