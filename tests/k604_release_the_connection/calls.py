"""Partners' calls, under way or over, and the embargo that they wait for."""

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import pytest

from dojo.instruments.asgi import Conversation
from dojo.instruments.connections import Connection
from katas.k604_release_the_connection.embargo import Embargo
from tests.k604_release_the_connection.ledger import still_open

# An embargo of an hour, in a number that nobody would choose.
EMBARGO_S = 3600.137


class NotedEmbargo(Embargo):
    """The embargo that one request is given: it notes what happens, and may fail at its end.

    Args:
        error: What it raises at its end.
        opened: Gives the connections that requests have opened so far.
    """

    def __init__(
        self, error: ConnectionError | None, opened: Callable[[], Iterable[Connection]]
    ) -> None:
        super().__init__(EMBARGO_S)
        #: For which stories it was asked, and for which somebody waits now.
        self.asked: list[str] = []
        self.waiting: list[str] = []
        #: The connections that were open when it was asked.
        self.open_at_first: list[Connection] = []
        self._error = error
        self._opened = opened

    async def lifted(self, slug: str) -> None:
        """Wait until the embargo has ended."""
        self.open_at_first += still_open(self._opened())
        self.asked.append(slug)
        self.waiting.append(slug)
        try:
            await super().lifted(slug)
        finally:
            self.waiting.remove(slug)
        if self._error is not None:
            raise self._error


@dataclass
class Call:
    """A partner's request, under way or over."""

    slug: str
    conversation: Conversation = field(repr=False)
    embargo: NotedEmbargo = field(repr=False)
    #: How the view was left, once it was.
    left: list[str]

    def __str__(self) -> str:
        return f"GET /stories/{self.slug}/"

    @property
    def answer(self) -> tuple[int, object] | None:
        """Status and content that have been sent; None as long as they have not."""
        sent = self.conversation.sent
        if not sent or sent[-1].get("more_body", True):
            return None
        body = b"".join(message.get("body", b"") for message in sent)
        status = sent[0]["status"]
        return status, json.loads(body) if status == 200 else None

    @property
    def outcome(self) -> str:
        """What has come of it so far, for messages."""
        if self.answer is None:
            told = "no answer"
        else:
            status, content = self.answer
            told = f"answered {status}" + (f" with {content}" if content else "")
        return "; ".join([told, *self.left])

    def expect_to_wait(self, when: str, *, task: int) -> None:
        """Fail if the view does not stand in `embargo.lifted()`."""
        __tracebackhide__ = True
        if self.answer is not None or self.slug not in self.embargo.waiting:
            pytest.fail(
                f"{self}, {when}: {self.outcome}; expected the view to be waiting in "
                f"`embargo.lifted({self.slug!r})`. (task {task})",
                pytrace=False,
            )

    def expect_asked_once(self, *, task: int) -> None:
        """Fail if the request has not called `lifted` exactly once, for its own story."""
        __tracebackhide__ = True
        if self.embargo.asked != [self.slug]:
            seen = ", ".join(f"`lifted({slug!r})`" for slug in self.embargo.asked) or "nothing"
            pytest.fail(
                f"{self}, {self.outcome}: awaited {seen}; expected `lifted({self.slug!r})` once "
                f"per request. (task {task})",
                pytrace=False,
            )

    def expect(self, status: int, content: object = None, *, when: str, task: int) -> None:
        """Fail if the answer is another one by now."""
        __tracebackhide__ = True
        if self.answer != (status, content):
            wanted = f"{status}" + (f" with {content}" if content else "")
            pytest.fail(
                f"{self}, {when}: {self.outcome}; expected {wanted}. (task {task})", pytrace=False
            )

    def expect_left_by(self, error: str, *, when: str, task: int) -> None:
        """Fail if the view was not left by *error*, or has not been left."""
        __tracebackhide__ = True
        if not any(how.startswith(f"the view raised {error}") for how in self.left):
            pytest.fail(
                f"{self}, {when}: {self.outcome}; expected {error} to come out of the view. "
                f"(task {task})",
                pytrace=False,
            )

    async def end(self) -> None:
        """Wait until the request is over, two hours at most on the virtual clock."""
        await asyncio.wait({self.conversation.task}, timeout=7200)
