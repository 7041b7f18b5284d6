"""A site of one page behind the middleware, asked as an ASGI or a WSGI server would ask it."""

import asyncio
import linecache
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest
from django.core.handlers.asgi import ASGIHandler
from django.core.signals import got_request_exception
from django.test import Client
from django.urls import re_path

from dojo.instruments import learner
from dojo.instruments.asgi import Conversations

if TYPE_CHECKING:
    from pytest_django import Settings

MIDDLEWARE = "katas.k303_request_id_context.request_ids.request_id_middleware"
SERVERS = ("ASGI", "WSGI")
# How many requests are asked at once, and so how many threads the WSGI server has.
MANY = 8


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; *request_id* is the header X-Request-ID, None if there is none."""

    status: int
    request_id: str | None
    body: str


class Site:
    """One page under all URLs; ``site.serve(page)``, then ``await site.ask("ASGI")``."""

    def __init__(self, settings: "Settings", threads: ThreadPoolExecutor) -> None:
        self._settings = settings
        self._threads = threads
        self._asgi: Conversations | None = None

    def serve(
        self,
        page: Callable[..., Any],
        *,
        middleware: Sequence[str] = (MIDDLEWARE,),
        **kwargs: object,
    ) -> None:
        """Put *page* behind *middleware*; the keyword arguments go to the page."""
        urlconf = type("Urls", (), {"urlpatterns": [re_path("", page, kwargs)]})
        self._settings.ROOT_URLCONF = urlconf
        self._settings.MIDDLEWARE = list(middleware)
        self._asgi = None

    @property
    def asgi(self) -> Conversations:
        """Conversations with the ASGI application; it loads the middleware when first asked for."""
        if self._asgi is None:
            self._asgi = Conversations(ASGIHandler())
        return self._asgi

    async def ask(
        self, server: str, url: str = "/", *, brings: str | None = None, expected: int = 200
    ) -> Answer:
        """Ask for *url*, with what it *brings* as X-Request-ID; fail if the status is another.

        WSGI requests are handled in one of eight threads, which are used again and again.
        """
        __tracebackhide__ = True
        headers = {} if brings is None else {"X-Request-ID": brings}
        with noting_errors() as errors:
            if server == "ASGI":
                async with self.asgi("GET", url, headers=headers) as conversation:
                    received = await conversation.response()
                answer = answered(received.status, received.headers, received.body)
            else:
                loop = asyncio.get_running_loop()
                answer = await loop.run_in_executor(self._threads, ask_wsgi, url, headers)
        call = f"GET {url}" + ("" if brings is None else f" with X-Request-ID {brings!r}")
        if answer.status != expected and errors:
            pytest.fail(f"{call} under {server} raised {told(errors[0])}", pytrace=False)
        assert answer.status == expected, (
            f"{call} under {server} answered {answer.status}; expected {expected}."
        )
        return answer


def ask_wsgi(url: str, headers: Mapping[str, str]) -> Answer:
    """Ask through Django's WSGI handler, in the thread that calls this."""
    # As a server does: the bytes that were sent, decoded as Latin-1 (PEP 3333).
    sent = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    response = Client(raise_request_exception=False).get(url, headers=sent)
    return answered(response.status_code, response.headers, b"".join(response))


def answered(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    """Return an `Answer`, however the name of the header is spelled."""
    ids = [value for name, value in headers.items() if name.lower() == "x-request-id"]
    return Answer(HTTPStatus(status), ids[0] if ids else None, body.decode())


@contextmanager
def noting_errors() -> Iterator[list[BaseException]]:
    """Give what Django turns into error pages inside the block."""
    errors: list[BaseException] = []

    def note(**kwargs: object) -> None:
        if error := sys.exc_info()[1]:
            errors.append(error)

    got_request_exception.connect(note)
    try:
        yield errors
    finally:
        got_request_exception.disconnect(note)


def told(error: BaseException) -> str:
    """Say what *error* is, and which line of an edited file it passed last."""
    fact = f"{type(error).__name__}: {error}"
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        code = frame.f_code
        if learner.is_learner(code.co_filename):
            source = linecache.getline(code.co_filename, line).strip()
            spot = learner.Spot(learner.shown(code.co_filename), line, code.co_name, source)
            return f"{fact}\n    at {spot}"
    return fact
