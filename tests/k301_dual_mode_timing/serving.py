"""One request through each way into Django, and what came of it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.test import AsyncClient, Client, RequestFactory

from dojo.instruments.asgi import Conversations
from tests.k301_dual_mode_timing.words import failing_for_what_is_raised, in_words

TIMING = "katas.k301_dual_mode_timing.middleware.timing_middleware"
HEADER = "X-Duration-Ms"

Ask = Callable[[str], Awaitable["Answer"]]


@dataclass(frozen=True)
class Answer:
    """A response; the names of its headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def duration(self) -> str | None:
        """What the header of the middleware says, if it is there."""
        return self.headers.get(HEADER.lower())


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


async def from_asgi_handler(url: str, handler: ASGIHandler | None = None) -> Answer:
    """Ask the application that an ASGI server runs; by default one that has just started."""
    async with Conversations(handler or ASGIHandler())("GET", url) as conversation:
        response = await conversation.response()
    return Answer(int(response.status), _lowered(response.headers), response.body)


async def from_async_client(url: str) -> Answer:
    """Ask Django's AsyncClient."""
    response = await AsyncClient(raise_request_exception=False).get(url)
    return Answer(response.status_code, _lowered(response.headers), response.content)


@in_words
def from_wsgi_handler(url: str, handler: WSGIHandler | None = None) -> Answer:
    """Ask the application that a WSGI server runs; by default one that has just started."""
    started: list[tuple[str, list[tuple[str, str]]]] = []
    written: list[bytes] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], exc_info: object = None, /
    ) -> Callable[[bytes], object]:
        started.append((status, headers))
        return written.append

    application = handler or WSGIHandler()
    response = application(RequestFactory().get(url).environ, start_response)
    try:
        body = b"".join(response)
    finally:
        response.close()
    ((status, headers),) = started
    return Answer(int(status.split()[0]), _lowered(dict(headers)), body)


@in_words
def from_client(url: str) -> Answer:
    """Ask Django's Client."""
    response = Client(raise_request_exception=False).get(url)
    return Answer(response.status_code, _lowered(response.headers), response.content)


def _in_a_thread(ask: Callable[[str], Answer]) -> Ask:
    return lambda url: asyncio.to_thread(ask, url)


#: By name, how to ask: under ASGI on the loop of the test, under WSGI in a thread without one.
SERVERS: Mapping[str, Ask] = {
    "ASGI handler": from_asgi_handler,
    "AsyncClient": from_async_client,
    "WSGI handler": _in_a_thread(from_wsgi_handler),
    "Client": _in_a_thread(from_client),
}

#: Those that servers run; the other two are for tests, and made like them.
HANDLERS = ["ASGI handler", "WSGI handler"]


async def one_handler(server: str) -> Ask:
    """Return how to ask one and the same handler, again and again, as the server does."""
    if server == "ASGI handler":
        return partial(from_asgi_handler, handler=ASGIHandler())
    # Loaded in a thread: no event loop runs where a WSGI server starts.
    return _in_a_thread(partial(from_wsgi_handler, handler=await asyncio.to_thread(WSGIHandler)))


async def get(server: str, url: str) -> Answer:
    """Return what *url* answers when *server* is asked; fail if anything but a page raises."""
    __tracebackhide__ = True
    with failing_for_what_is_raised(f"GET {url} through the {server}"):
        return await SERVERS[server](url)
