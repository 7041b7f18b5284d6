"""The ASGI application without a server: whole requests, and conversations message by message.

Django's AsyncClient calls the view past the ASGI handler, and all its requests share one thread.
Here every request has a thread and a connection of its own, as on a server, and a client can go
away in the middle. For whole requests: httpx. For streams and disconnects: `Conversation`, because
httpx's transport gathers the whole response first, and asgiref's ApplicationCommunicator cancels
the application after a time-out and, on 5.2 and 6.0, leaks the view.
https://asgi.readthedocs.io/en/latest/specs/www.html
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
import pytest_asyncio
from django.core.handlers.asgi import ASGIHandler

if TYPE_CHECKING:
    import httpx

Message = dict[str, Any]
Application = Callable[..., Any]

# What a view gets, on the loop's clock, to end after its client has gone. Only one that ignores the
# disconnect uses it up; it is then reported as a task left running.
PATIENCE_S = 2.0


@dataclass(frozen=True, slots=True)
class Response:
    """A response that has been received to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Conversation:
    """One HTTP request to an ASGI application: what it sends is read message by message."""

    def __init__(self, application: Application, scope: Message, body: bytes) -> None:
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._outbox: asyncio.Queue[Message] = asyncio.Queue()
        self._inbox.put_nowait({"type": "http.request", "body": body, "more_body": False})
        #: Everything that the application has sent, read or not.
        self.sent: list[Message] = []
        #: The task that runs the application.
        self.task = asyncio.create_task(
            application(scope, self._inbox.get, self._send),
            name=f"{scope['method']} {scope['path']}",
        )

    async def _send(self, message: Message) -> None:
        self.sent.append(message)
        await self._outbox.put(message)

    async def receive(self) -> Message:
        """Wait for the application's next message.

        Raises:
            EOFError: The application ended without sending another one.
            Exception: What the application itself raised.
        """
        if self._outbox.empty():
            message = asyncio.ensure_future(self._outbox.get())
            await asyncio.wait({message, self.task}, return_when=asyncio.FIRST_COMPLETED)
            if message.done():
                return message.result()
            message.cancel()
            self.task.result()
            raise EOFError("the application ended without sending another message")
        return self._outbox.get_nowait()

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the parts of the body, each as it comes."""
        more = True
        while more:
            message = await self.receive()
            if message["type"] == "http.response.body":
                more = message.get("more_body", False)
                if chunk := message.get("body", b""):
                    yield chunk

    async def response(self) -> Response:
        """Receive the response to its end."""
        start = await self.receive()
        body = b"".join([chunk async for chunk in self.chunks()])
        headers = {name.decode(): value.decode() for name, value in start["headers"]}
        return Response(HTTPStatus(start["status"]), headers, body)

    def disconnect(self) -> None:
        """Go away, as a client does that closes its connection."""
        self._inbox.put_nowait({"type": "http.disconnect"})

    async def ended(self) -> None:
        """Wait until the application has ended.

        Raises:
            Exception: What the application itself raised.
        """
        await asyncio.wait({self.task})
        if not self.task.cancelled():
            self.task.result()


def scope_of(method: str, url: str, headers: Iterable[tuple[str, str]]) -> Message:
    """Return the scope of a request for *url*, a path with or without a query."""
    path, _, query = url.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
        "client": ("127.0.0.1", 50000),
        "server": ("testserver", 80),
    }


class DjangoApplication:
    """Django's ASGI application, which loads the middleware at its first request.

    At the latest moment: what a test sets before counts, and middleware that can't be loaded fails
    the test and not its set-up.
    """

    _handler: ASGIHandler | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        if self._handler is None:
            self._handler = ASGIHandler()
        await self._handler(scope, receive, send)


class Conversations:
    """Opens conversations with one ASGI application."""

    def __init__(self, application: Application) -> None:
        self.application = application

    @asynccontextmanager
    async def __call__(
        self,
        method: str,
        url: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Conversation]:
        """Open a conversation; at the end of the block the client goes away, if it is not over."""
        given = {"host": "testserver", "content-length": str(len(body)), **(headers or {})}
        conversation = Conversation(self.application, scope_of(method, url, given.items()), body)
        try:
            yield conversation
        finally:
            conversation.disconnect()
            await asyncio.wait({conversation.task}, timeout=PATIENCE_S)
        # A failure that the test has not asked for is still one.
        if conversation.task.done() and not conversation.task.cancelled():
            conversation.task.result()


@pytest.fixture
def asgi() -> Conversations:
    """Talk to Django's ASGI application.

    ``async with asgi("GET", "/poll/") as conversation: ...``
    """
    return Conversations(DjangoApplication())


@pytest_asyncio.fixture
async def asgi_client() -> AsyncIterator[httpx.AsyncClient]:
    """An httpx client of Django's ASGI application: a thread and a connection per request."""
    import httpx

    transport = httpx.ASGITransport(app=DjangoApplication())
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield client
