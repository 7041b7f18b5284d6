"""Partners' calls, under way or over, and the embargo that they wait for."""

import asyncio
import json
from dataclasses import dataclass, field

import pytest

from dojo.instruments.asgi import Conversation
from katas.k604_release_the_connection.embargo import Embargo

# An embargo of an hour, in a number that nobody would choose.
EMBARGO_S = 3600.137


class NotedEmbargo(Embargo):
    """An embargo that notes who waits for it, and may fail at its end."""

    def __init__(self) -> None:
        super().__init__(EMBARGO_S)
        #: For which stories it was asked, and for which somebody waits now.
        self.asked: list[str] = []
        self.waiting: list[str] = []
        self.error: ConnectionError | None = None

    async def lifted(self, slug: str) -> None:
        """Wait until the embargo has ended."""
        self.asked.append(slug)
        self.waiting.append(slug)
        try:
            await super().lifted(slug)
        finally:
            self.waiting.remove(slug)
        if self.error is not None:
            raise self.error


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
