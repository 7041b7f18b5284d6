"""A real server, and a reader whose connection really breaks."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.handlers.asgi import ASGIHandler

from dojo.instruments.rendezvous import settle
from dojo.instruments.uvicorn_server import Server
from tests.k505_finish_the_commit.desk import FORM, URL, form


class Watched:
    """Django's ASGI application behind a server; says when the client is gone, and when it ends.

    Attributes:
        told: Set when the application has been told that its client is gone, and has done what it
            does at once.
        over: Set when the application has ended.
    """

    def __init__(self) -> None:
        self.told, self.over = asyncio.Event(), asyncio.Event()
        self._here = asyncio.get_running_loop()
        self._application = ASGIHandler()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        watcher: list[asyncio.Task[None]] = []

        async def watched() -> Any:
            message = await receive()
            if message["type"] == "http.disconnect" and not watcher:
                watcher.append(asyncio.create_task(self._tell()))
            return message

        try:
            await self._application(scope, watched, send)
        finally:
            await asyncio.gather(*watcher)
            self._here.call_soon_threadsafe(self.over.set)

    async def _tell(self) -> None:
        await settle()
        self._here.call_soon_threadsafe(self.told.set)


class Caller:
    """A reader with a socket."""

    def __init__(self, server: Server) -> None:
        self._address = server.host, server.port
        self._writer: asyncio.StreamWriter | None = None

    async def pay(self, reader: str) -> None:
        """Send a payment, and wait for nothing."""
        _, self._writer = await asyncio.open_connection(*self._address)
        body = form(reader)
        head = [f"POST {URL} HTTP/1.1", "Host: testserver", f"Content-Length: {len(body)}"]
        head += [f"{name}: {value}" for name, value in FORM.items()]
        self._writer.write("\r\n".join([*head, "", ""]).encode() + body)
        await self._writer.drain()

    def drop(self) -> None:
        """Break the connection, without a goodbye."""
        if self._writer is not None:
            self._writer.transport.abort()


@contextmanager
def served() -> Iterator[tuple[Caller, Watched]]:
    """Serve Django by a real uvicorn; give a reader who can call it, and what watches it."""
    watched = Watched()
    with Server(watched) as server:
        caller = Caller(server)
        try:
            yield caller, watched
        finally:
            caller.drop()
