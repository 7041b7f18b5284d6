"""Election night: a board, readers who wait for it, and how the view was left for each of them."""

import asyncio
import queue
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.test import AsyncRequestFactory
from django.urls import path

from dojo.instruments import learner
from dojo.instruments.asgi import Conversations
from dojo.instruments.rendezvous import settle
from katas.k501_long_poll_disconnect import desk, views
from katas.k501_long_poll_disconnect.board import Result
from tests.k501_long_poll_disconnect.boards import KeptBoard
from tests.k501_long_poll_disconnect.readers import CANCELLED, Over, Reader, told

FIRST = Result(1, "Harbour: 12 of 20 counted")
SECOND = Result(2, "Harbour: 20 of 20 counted")

# By then, the counting office has answered, and a reader waits. Who looks every so often, instead
# of waiting, looks at round moments, and would be in time for one by luck.
WAITING_S = 1.00037


class Night:
    """One board behind the view, and whoever asks for it."""

    def __init__(self, board: KeptBoard, asgi: Conversations) -> None:
        self.board = board
        #: By the number of the reader.
        self.overs: dict[int, Over] = {}
        #: The same, for those who wait in another thread.
        self.left: queue.Queue[Over] = queue.Queue()
        self._asgi = asgi
        self._readers = 0
        self._view = self._watched(views.results)
        self.urlpatterns = [
            path("results/", self._view, {"board": self.board}),
            path("publish/", desk.publish, {"board": self.board}),
        ]

    @property
    def is_async(self) -> bool:
        """Whether Django awaits the view, instead of giving it a thread."""
        return iscoroutinefunction(views.results)

    @asynccontextmanager
    async def reader(self, *, after: int = 0, for_s: float = WAITING_S) -> AsyncIterator[Reader]:
        """Let somebody ask; go on when *for_s* seconds are over."""
        self._readers += 1
        number, url = self._readers, f"/results/?after={after}"
        async with self._asgi("GET", url, headers={"x-reader": str(number)}) as conversation:
            await asyncio.sleep(for_s)
            yield Reader(conversation, f"GET {url}", number, self.overs)

    @asynccontextmanager
    async def called(self, *, for_s: float) -> AsyncIterator["asyncio.Task[Any]"]:
        """Call the view, without a server in between; go on when *for_s* seconds are over."""
        request = AsyncRequestFactory().get("/results/?after=0")
        task = asyncio.ensure_future(self._view(request, board=self.board))
        try:
            await asyncio.sleep(for_s)
            yield task
        finally:
            await self.end()
            task.cancel()
            await asyncio.wait({task})

    async def end(self) -> None:
        """Tell all who wait, so that what they do when they are not told plays no part."""
        self.board.publish(SECOND)
        await settle()

    def _watched(self, view: Callable[..., Any]) -> Callable[..., Any]:
        """Return *view*, watched: whatever comes out of it is noted."""

        def note(request: HttpRequest, how: str, error: BaseException | None = None) -> None:
            over = Over(how, self.board.taken, error)
            self.overs[int(request.headers.get("x-reader", 0))] = over
            self.left.put(over)

        def note_error(request: HttpRequest, error: BaseException) -> None:
            is_cancelled = isinstance(error, asyncio.CancelledError)
            how = CANCELLED if is_cancelled else f"the view raised {learner.told(error)}"
            note(request, how, error)

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

        return watched if self.is_async else watched_sync


Serve = Callable[[KeptBoard], Night]
