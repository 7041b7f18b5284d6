"""The site with a hub of its own, and readers whose connections can be stuck."""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from types import AsyncGeneratorType
from typing import Any

from django.urls import path

from dojo.instruments import learner
from dojo.instruments.asgi import Application, Conversation, Conversations
from katas.k603_slow_consumer import views
from tests.k603_slow_consumer.match import Counts, at_once, line

CALL = "GET /commentary/"


class Connection:
    """Between the application and one reader: `send` blocks as long as nobody reads."""

    def __init__(self, application: Application) -> None:
        self.is_read = asyncio.Event()
        self.is_read.set()
        #: How many calls of `send` are blocked: none, or one.
        self.blocked = 0
        self._application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve the one request of this connection."""

        async def send_when_read(message: Any) -> None:
            self.blocked += 1
            try:
                await self.is_read.wait()
            finally:
                self.blocked -= 1
            await send(message)

        await self._application(scope, receive, send_when_read)


@dataclass(frozen=True)
class Reader:
    """A reader of the commentary, and what has come through so far."""

    connection: Connection = field(repr=False)
    conversation: Conversation = field(repr=False)
    #: What came out of the view, of whichever reader, instead of an answer.
    raised: list[BaseException] = field(repr=False)

    async def stop(self) -> None:
        """Read no more, and stay."""
        self.connection.is_read.clear()
        await at_once()

    async def go_on(self) -> None:
        """Read again."""
        self.connection.is_read.set()
        await at_once()

    async def leave(self) -> None:
        """Go away."""
        self.conversation.disconnect()
        await at_once()

    @property
    def status(self) -> int | None:
        """The status of the answer; None as long as there is none."""
        return self.conversation.sent[0]["status"] if self.conversation.sent else None

    @property
    def content_type(self) -> str:
        """The header of that name."""
        headers: dict[bytes, bytes] = dict(self.conversation.sent[0]["headers"])
        return {k.lower(): v for k, v in headers.items()}.get(b"content-type", b"").decode()

    @property
    def text(self) -> str:
        """What has come through of the body."""
        return b"".join(message.get("body", b"") for message in self.conversation.sent).decode()

    def check(self, when: str, expected: list[int | str], task: int = 4) -> None:
        """Fail if something else has come through; a number stands for that line."""
        __tracebackhide__ = True
        assert self.status == 200, f"{CALL}, {when}: {self}; expected 200. (task {task})"
        wanted = [str(line(item)) if isinstance(item, int) else item for item in expected]
        got = self.text
        # What differs in its newlines alone is shown with them.
        shown = repr(got) if got.splitlines() == wanted else str(got.splitlines())
        assert got == "".join(f"{item}\n" for item in wanted), (
            f"{CALL}, {when}: {shown} came through{self._end}; expected {wanted}, each with a "
            f"newline. (task {task})"
        )

    def check_over(self, moment: str) -> None:
        """Fail if the application has not ended although the reader has gone away."""
        __tracebackhide__ = True
        assert self.conversation.task.done(), (
            f"{CALL}, whose reader went away {moment}: the stream goes on{self._place}; expected "
            "it to end. (task 5)"
        )

    @property
    def _place(self) -> str:
        """Say where a generator of the learner's stands, the only sort of stream that shows it."""
        # Not `isinstance`, which would wake Django's lazy objects.
        streams = [item for item in gc.get_objects() if type(item) is AsyncGeneratorType]
        frames = [stream.ag_frame for stream in streams if stream.ag_frame]
        places = {
            str(learner.spot(frame))
            for frame in frames
            if learner.is_learner(frame.f_code.co_filename)
        }
        return "".join(f"\n    at {place}" for place in sorted(places))

    @property
    def _end(self) -> str:
        """Say how the stream has ended, if it has."""
        task = self.conversation.task
        if not task.done() or task.cancelled():
            return ""
        error = task.exception()
        return " and the stream ended" + (f" with {learner.told(error)}" if error else "")

    def __str__(self) -> str:
        """Say what came back, for messages."""
        if self.status is None:
            return "no answer"
        why = f": {learner.told(self.raised[-1])}" if self.status >= 500 and self.raised else ""
        return f"answered {self.status}{why}"


class Site:
    """The view, with one hub behind it, and whoever asks for it."""

    def __init__(self, hub: Counts, application: Application) -> None:
        self.hub = hub
        self.urlpatterns = [path("commentary/", views.commentary, {"hub": hub})]
        self._application = application
        self._raised: list[BaseException] = []

    def note(self, **kwargs: object) -> None:
        """Remember what came out of the view; Django calls this while it makes a 500 of it."""
        if error := sys.exc_info()[1]:
            self._raised.append(error)

    @asynccontextmanager
    async def reader(self, *, reads: bool = True) -> AsyncIterator[Reader]:
        """Let somebody ask; they go away at the end of the block."""
        connection = Connection(self._application)
        if not reads:
            connection.is_read.clear()
        async with Conversations(connection)("GET", "/commentary/") as conversation:
            await at_once()
            reader = Reader(connection, conversation, self._raised)
            yield reader
        reader.check_over("at the end of the test")

    @asynccontextmanager
    async def readers(self, number: int) -> AsyncIterator[list[Reader]]:
        """Let several ask."""
        async with AsyncExitStack() as stack:
            yield [await stack.enter_async_context(self.reader()) for _ in range(number)]
