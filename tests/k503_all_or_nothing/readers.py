"""Readers of the election page: what they get, and what has become of the calls by then."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from dojo.instruments import learner
from dojo.instruments.asgi import Conversation, Conversations, Response
from tests.k503_all_or_nothing.night import LONG_S, ElectionNight, Line, told
from tests.k503_all_or_nothing.witness import errors_in, named, noting_errors, outcomes


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes:
        body: What it says, as it was sent.
        at: When it came, in seconds since the request was made.
        lines: What had become of the calls by then.
        error: What came out of the view, if Django made an error page of it.
    """

    url: str
    status: int
    content: dict[str, Any]
    body: str
    at: float
    lines: list[Line]
    error: Exception | None

    def __str__(self) -> str:
        return f"GET {self.url} answered {self.status} at {self.at:g} s{self.cause}"

    @property
    def cause(self) -> str:
        """What the view raised, in brackets, if Django made an error page of it."""
        if self.error is None:
            return ""
        inside = ""
        if isinstance(self.error, BaseExceptionGroup):
            errors = [f"{type(one).__name__}: {one}" for one in errors_in(self.error)]
            inside = f"\n    in it: {'; '.join(errors)}"
        return f" (the view raised {learner.told(self.error)}{inside})"

    @property
    def came_out(self) -> str:
        """What came out of the view."""
        return named(self.error) if self.error else f"a response with status {self.status}"

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

    async def get(
        self,
        *districts: str,
        during: str = "",
        expected: str = "a response: the reader is still there.",
    ) -> Answer:
        """Return the answer; fail if there is none."""
        __tracebackhide__ = True
        async with self.asking(*districts) as (url, conversation):
            with noting_errors(url) as errors:
                # The application may also end without a response.
                ended: tuple[Response | BaseException] = await asyncio.gather(
                    conversation.response(), return_exceptions=True
                )
            response = ended[0]
            if isinstance(response, EOFError | asyncio.CancelledError):
                pytest.fail(
                    f"GET {url}: no response{during}; out of the view came "
                    f"{outcomes.get(url, 'nothing')}; expected {expected}{told(self._night.lines)}",
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
                response.body.decode(errors="replace"),
                self._night.now,
                list(self._night.lines),
                errors[0] if errors else None,
            )
