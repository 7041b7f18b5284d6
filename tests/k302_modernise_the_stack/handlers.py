"""Each of Django's four handlers, and how to put a request to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.test import AsyncClient, Client, RequestFactory

from dojo.instruments.asgi import Conversations

ASYNC_HANDLERS = ("ASGIHandler", "AsyncClient")
SERVERS = ("ASGIHandler", "WSGIHandler")
HANDLERS = (*ASYNC_HANDLERS, "WSGIHandler", "Client")

Headers = Mapping[str, str]
Seen = tuple[int, Headers, str]


@dataclass(frozen=True)
class Ask:
    """A request, and the headers that its sender chose."""

    url: str
    headers: tuple[tuple[str, str], ...] = ()
    method: str = "GET"

    def __str__(self) -> str:
        headers = (f"{name}: {value}" for name, value in self.headers)
        return ", ".join([f"{self.method} {self.url}", *headers])


def through_client() -> Callable[[Ask], Seen]:
    """Return what puts requests to Django's test client."""
    client = Client(raise_request_exception=False)

    def ask_it(ask: Ask) -> Seen:
        response = client.generic(ask.method, ask.url, headers=dict(ask.headers))
        return response.status_code, response.headers, response.content.decode()

    return ask_it


def through_async_client() -> Callable[[Ask], Awaitable[Seen]]:
    """Return what puts requests to Django's async test client."""
    client = AsyncClient(raise_request_exception=False)

    async def ask_it(ask: Ask) -> Seen:
        response = await client.generic(ask.method, ask.url, headers=dict(ask.headers))
        return response.status_code, response.headers, response.content.decode()

    return ask_it


def through_wsgi() -> Callable[[Ask], Seen]:
    """Return what puts requests to the WSGI application, as a server does."""
    application = WSGIHandler()

    def ask_it(ask: Ask) -> Seen:
        request = RequestFactory().generic(ask.method, ask.url, headers=dict(ask.headers))
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: Any, exc_info: Any = None) -> Any:
            started.append((status, headers))

        response: Any = application(request.environ | {"wsgi.input": BytesIO()}, start_response)
        try:
            body = b"".join(response)
        finally:
            response.close()
        ((status, headers),) = started
        return int(status.partition(" ")[0]), dict(headers), body.decode()

    return ask_it


def through_asgi() -> Callable[[Ask], Awaitable[Seen]]:
    """Return what puts requests to the ASGI application, as a server does."""
    converse = Conversations(ASGIHandler())

    async def ask_it(ask: Ask) -> Seen:
        async with converse(ask.method, ask.url, headers=dict(ask.headers)) as conversation:
            response = await conversation.response()
        return response.status, response.headers, response.body.decode()

    return ask_it
