"""Election night: a board, readers who wait for it, and how the view was left for each of them."""

import asyncio
import json
import queue
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from functools import wraps
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.urls import path

from dojo.instruments import learner
from dojo.instruments.asgi import Conversation, Conversations
from dojo.instruments.rendezvous import settle
from katas.k501_long_poll_disconnect import desk, views
from katas.k501_long_poll_disconnect.board import Board, Result

FIRST = Result(1, "Harbour: 12 of 20 counted")
SECOND = Result(2, "Harbour: 20 of 20 counted")

# By then, the counting office has answered, and a reader waits.
WAITING_S = 1.0
CANCELLED = "CancelledError came out of the view"


@dataclass(frozen=True)
class Over:
    """How the view was left, and how many places were taken at that moment."""

    how: str
    taken: int


@dataclass(frozen=True)
class Reader:
    """A request that is under way, or was."""

    night: "Night" = field(repr=False)
    conversation: Conversation = field(repr=False)
    call: str
    number: int

    @property
    def answer(self) -> tuple[int, object] | None:
        """Status and content that have been sent, in full; None as long as they have not."""
        sent = self.conversation.sent
        if not sent or sent[-1].get("more_body", True):
            return None
        body = b"".join(message.get("body", b"") for message in sent).decode()
        is_json = dict(sent[0]["headers"]).get(b"Content-Type", b"").startswith(b"application/json")
        return sent[0]["status"], json.loads(body) if is_json else body

    @property
    def status(self) -> int | None:
        """The status of the answer; None as long as it has not been sent."""
        return None if self.answer is None else self.answer[0]

    @property
    def over(self) -> Over | None:
        """How the view was left; None as long as it runs."""
        return self.night.overs.get(self.number)

    def __str__(self) -> str:
        """Say what came back, and why, for messages."""
        if self.answer is None:
            state = "no answer"
        else:
            status, content = self.answer
            state = f"answered {status}" + (f" with {content!r}" if status < 500 else "")
        over = self.over
        return state + (f" ({over.how})" if over and "raised" in over.how else "")

    def check_told(self, result: Result, *, when: str) -> None:
        """Fail if the reader has not got *result* by now."""
        __tracebackhide__ = True
        assert self.answer == (200, asdict(result)), (
            f"{self.call}, {when}: {self}; expected 200 with {asdict(result)}."
        )


class Night:
    """One board behind the view, and whoever asks for it."""

    def __init__(self, board: Board, asgi: Conversations) -> None:
        self.board = board
        #: By the number of the reader.
        self.overs: dict[int, Over] = {}
        #: The same, for those who wait in another thread.
        self.left: queue.Queue[Over] = queue.Queue()
        self._asgi = asgi
        self._readers = 0
        self.urlpatterns = [
            path("results/", self._watched(views.results), {"board": self.board}),
            path("publish/", desk.publish, {"board": self.board}),
        ]

    @asynccontextmanager
    async def reader(self, *, after: int = 0, for_s: float = WAITING_S) -> AsyncIterator[Reader]:
        """Let somebody ask; go on when *for_s* seconds are over."""
        self._readers += 1
        number, url = self._readers, f"/results/?after={after}"
        async with self._asgi("GET", url, headers={"x-reader": str(number)}) as conversation:
            await asyncio.sleep(for_s)
            yield Reader(self, conversation, f"GET {url}", number)

    async def end(self) -> None:
        """Tell all who wait, so that what they do when they are not told plays no part."""
        self.board.publish(SECOND)
        await settle()

    def _watched(self, view: Callable[..., Any]) -> Callable[..., Any]:
        """Return *view*, watched: whatever comes out of it is noted."""

        def note(request: HttpRequest, how: str) -> None:
            over = Over(how, self.board.taken)
            self.overs[int(request.headers.get("x-reader", 0))] = over
            self.left.put(over)

        def note_error(request: HttpRequest, error: BaseException) -> None:
            is_cancelled = isinstance(error, asyncio.CancelledError)
            note(request, CANCELLED if is_cancelled else f"the view raised {learner.told(error)}")

        @wraps(view)
        async def watched(request: HttpRequest, **kwargs: Any) -> Any:
            try:
                response = await view(request, **kwargs)
            except BaseException as error:
                note_error(request, error)
                raise
            note(request, f"the view returned {told(response)}")
            return response

        @wraps(view)
        def watched_sync(request: HttpRequest, **kwargs: Any) -> Any:
            try:
                response = view(request, **kwargs)
            except BaseException as error:
                note_error(request, error)
                raise
            note(request, f"the view returned {told(response)}")
            return response

        return watched if iscoroutinefunction(view) else watched_sync


Serve = Callable[[Board], Night]


def told(response: Any) -> str:
    """Say what a view has returned."""
    status = getattr(response, "status_code", None)
    return repr(response) if status is None else f"an answer, {status}"
