"""A reader of the export: slow if need be, and with an eye on the database."""

from __future__ import annotations

import asyncio
import csv
import gc
import io
import re
import sys
import tracemalloc
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import pytest
from django.core.signals import got_request_exception

from dojo.instruments import learner
from dojo.instruments.asgi import Conversation, DjangoApplication, scope_of
from tests.k601_csv_stream.fetches import Fetches

HEADER = ["slug", "title", "author", "body"]
NOTHING = "nothing"

#: Looks about when a piece has been taken.
Watch = Callable[[bytes], None]


class Publish(Protocol):
    """Stores articles: ``expected = await publish(20)`` gives their rows, as in the file."""

    async def __call__(self, number: int) -> list[list[str]]:
        """Return the rows of *number* new articles, which are by two authors and by nobody."""


class Read(Protocol):
    """Reads the export: ``(await read(4)).rows``."""

    async def __call__(
        self, chunk_rows: int, *, takes_s: float = 0, watch: Watch | None = None
    ) -> Reading:
        """Read with chunks of *chunk_rows*, and take *takes_s* seconds for each piece.

        Who watches gets each piece when it has been taken, and nothing of it is kept.
        """


@dataclass(frozen=True)
class Piece:
    """One piece of the body, as it was when the reader had taken it."""

    text: str
    #: Rows that had been fetched from the database by then.
    fetched: int
    #: Articles in the pieces before.
    before: int

    @property
    def waiting(self) -> int:
        """Rows that had been fetched, and not been taken in an earlier piece."""
        return self.fetched - self.before


@dataclass
class Reading:
    """What came of one request."""

    call: str
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    pieces: list[Piece] = field(default_factory=list)
    #: What came out of the application, if anything did.
    error: BaseException | None = None
    #: The same in words, or what came out of the view and became a 500.
    told: str = NOTHING
    #: Whether the server was told that this is the end.
    ended: bool = False

    def check(self) -> Reading:
        """Fail unless this is a whole file with status 200."""
        __tracebackhide__ = True
        if self.error is not None:
            pytest.fail(f"{self.call} raised {self.told}\nExpected a whole file.", pytrace=False)
        raised = "" if self.told == NOTHING else f" (the view raised {self.told})"
        assert self.status == 200, f"{self.call} answered {self.status}{raised}; expected 200."
        return self

    @property
    def rows(self) -> list[list[str]]:
        """The rows of the file, header included."""
        __tracebackhide__ = True
        self.check()
        return self.rows_so_far

    @property
    def rows_so_far(self) -> list[list[str]]:
        """The rows of what has been sent, whole or not."""
        __tracebackhide__ = True
        try:
            text = self.body.decode("utf-8")
        except UnicodeDecodeError as error:
            pytest.fail(f"{self.call}: the file is not in UTF-8 ({error}).", pytrace=False)
        return list(csv.reader(io.StringIO(text, newline="")))


def articles_in(text: str) -> int:
    """Return how many articles of `Publish` stand in a part of the file, however it is quoted."""
    return len(set(re.findall(r"story-\d{3}", text)))


class Reader:
    """Talks to Django's ASGI application as a server does whose client takes its time."""

    def __init__(self, fetches: Fetches) -> None:
        self._django = DjangoApplication()
        self._fetches = fetches

    async def __call__(
        self, url: str, *, takes_s: float = 0, watch: Watch | None = None
    ) -> Reading:
        """Read all of *url*, and take *takes_s* seconds for each piece of the body; see `Read`."""
        reading = Reading(f"GET {url}")
        begun = self._fetches.rows

        async def application(scope: Any, receive: Any, send: Any) -> None:
            async def take(message: Any) -> None:
                if message["type"] == "http.response.start":
                    reading.status = message["status"]
                    reading.headers = {
                        k.decode().lower(): v.decode() for k, v in message["headers"]
                    }
                elif body := message.get("body", b""):
                    # Meanwhile all goes on that can go on without this reader.
                    await asyncio.sleep(takes_s)
                    if watch:
                        watch(body)
                        body = message["body"] = b""
                    before = articles_in(reading.body.decode(errors="replace"))
                    fetched = self._fetches.rows - begun
                    reading.pieces.append(Piece(body.decode(errors="replace"), fetched, before))
                    reading.body += body
                if message["type"] == "http.response.body":
                    reading.ended = not message.get("more_body", False)
                await send(message)

            await self._django(scope, receive, take)

        scope = scope_of("GET", url, [("host", "testserver")])
        conversation = Conversation(application, scope, b"")
        with noting_exceptions(reading):
            await asyncio.wait({conversation.task})
        if error := conversation.task.exception():
            reading.error, reading.told = error, learner.told(error)
            del conversation
            forget(error)
        return reading


class Memory:
    """What Python objects take up in a block, beyond what they took before it."""

    #: Bytes in use above which all is collected first that waits for it, which takes long.
    MUCH = 500_000

    most = 0

    def __enter__(self) -> Memory:
        gc.collect()
        tracemalloc.start()
        self._before = tracemalloc.get_traced_memory()[0]
        return self

    def look(self, piece: bytes) -> None:
        """Note what is in use now, besides the piece."""
        if self._in_use() > self.MUCH:
            gc.collect()
        self.most = max(self.most, self._in_use() - len(piece))

    def _in_use(self) -> int:
        return tracemalloc.get_traced_memory()[0] - self._before

    def __exit__(self, *of_error: object) -> None:
        tracemalloc.stop()


@contextmanager
def noting_exceptions(reading: Reading) -> Iterator[None]:
    """Note in *reading* what comes out of a view inside the block; Django makes a 500 of it."""

    def note(**kwargs: object) -> None:
        if error := sys.exc_info()[1]:
            reading.told = learner.told(error)

    got_request_exception.connect(note)
    try:
        yield
    finally:
        got_request_exception.disconnect(note)


def forget(error: BaseException) -> None:
    """Let go of what hangs on the frames of an error that came out of the application.

    Among it is what Django 5.2 and 6.0 read the request's body into, which they do not close then.
    """
    link: BaseException | None = error
    while link is not None:
        link.__traceback__ = None
        link = link.__cause__ or link.__context__
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
