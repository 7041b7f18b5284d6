"""Readers of the election page: what they get, and what has become of the calls by then."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from asgiref.sync import markcoroutinefunction
from django.core.signals import got_request_exception
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from dojo.instruments import learner
from dojo.instruments.asgi import Conversation, Conversations, Response
from tests.k503_all_or_nothing.night import LONG_S, ElectionNight, Line, told

# What came out of the view, for each path with its query: a response or an exception.
outcomes: dict[str, str] = {}


class Witness:
    """A middleware that notes what comes out of the view."""

    sync_capable = False
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        try:
            response: HttpResponseBase = await self.get_response(request)
        except BaseException as error:
            outcomes[request.get_full_path()] = type(error).__name__
            raise
        outcomes[request.get_full_path()] = f"a response with status {response.status_code}"
        return response


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes:
        at: When it came, in seconds since the request was made.
        lines: What had become of the calls by then.
        error: What came out of the view, if Django made an error page of it.
    """

    url: str
    status: int
    content: dict[str, Any]
    at: float
    lines: list[Line]
    error: Exception | None

    def __str__(self) -> str:
        cause = f" (the view raised {learner.told(self.error)})" if self.error else ""
        return f"GET {self.url} answered {self.status} at {self.at:g} s{cause}"

    @property
    def calls(self) -> str:
        """The calls at that moment, as the end of a message."""
        return f"\n  The calls when the answer came:{told(self.lines)}"


class Readers:
    """Ask for the page through the ASGI application: ``await readers.get("north", "south")``."""

    def __init__(self, asgi: Conversations, night: ElectionNight) -> None:
        self._asgi = asgi
        self._night = night

    @contextlib.asynccontextmanager
    async def asking(self, *districts: str) -> AsyncIterator[tuple[str, Conversation]]:
        """Ask for these; at the end of the block wait for what has been left running."""
        url = "/results/" + ("?" if districts else "")
        url += "&".join(f"district={district}" for district in districts)
        outcomes.clear()
        self._night.clock.restart()
        try:
            async with self._asgi("GET", url) as conversation:
                yield url, conversation
        finally:
            # What runs on behind the answer is judged by its calls, not by the task it leaves.
            await asyncio.sleep(LONG_S)

    async def get(self, *districts: str) -> Answer:
        """Return the answer; fail if there is none."""
        __tracebackhide__ = True
        async with self.asking(*districts) as (url, conversation):
            with _noting_errors() as errors:
                # The application may also end without a response.
                ended: tuple[Response | BaseException] = await asyncio.gather(
                    conversation.response(), return_exceptions=True
                )
            response = ended[0]
            if isinstance(response, EOFError | asyncio.CancelledError):
                pytest.fail(
                    f"GET {url}: no response; out of the view came {outcomes.get(url, 'nothing')}; "
                    f"expected a response: the reader is still there.{told(self._night.lines)}",
                    pytrace=False,
                )
            if isinstance(response, BaseException):
                raise response
            is_json = response.headers.get("Content-Type", "").startswith("application/json")
            content = json.loads(response.body) if is_json else None
            return Answer(
                url,
                int(response.status),
                content if isinstance(content, dict) else {},
                self._night.now,
                list(self._night.lines),
                errors[0] if errors else None,
            )


@contextlib.contextmanager
def _noting_errors() -> Iterator[list[Exception]]:
    errors: list[Exception] = []

    def note(**kwargs: object) -> None:
        if isinstance(error := sys.exc_info()[1], Exception):
            errors.append(error)

    got_request_exception.connect(note)
    try:
        yield errors
    finally:
        got_request_exception.disconnect(note)
