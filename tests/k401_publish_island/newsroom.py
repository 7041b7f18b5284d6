"""What the tests of the publish button share: answers, and what everybody sees afterwards."""

import json
import sys
import threading
import time
import traceback
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Protocol

import pytest
from django.core.signals import got_request_exception, request_started
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.decorators import async_only_middleware

from dojo.instruments import learner
from katas.k401_publish_island.models import AuditEntry
from katas.newsroom.models import Article

SLUG = "bridge-opens"
URL = f"/publish/{SLUG}/"
NOVEMBER = datetime(2026, 11, 23, 6, tzinfo=UTC)

SUITE = [
    pytest.mark.urls("katas.k401_publish_island.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("rowlock"),
    # In production it is a line in a log, and the answer runs. Here it runs as well, and is judged.
    pytest.mark.filterwarnings("ignore:async_to_sync was passed a non-async-marked callable"),
]


@dataclass(frozen=True)
class Answer:
    """What came back for a request, and what the view raised or left open meanwhile."""

    request: str
    status: int
    content: bytes = field(repr=False)
    raised: tuple[str, ...] = field(repr=False)
    left_open: bool = False
    #: When the view returned it, on the test's clock.
    returned_s: float = 0.0

    def __str__(self) -> str:
        return f"{self.request} answered {self.status}"

    @property
    def cause(self) -> str:
        """Say on a line of its own what the view raised, if it did."""
        return f"\nIt raised {self.raised[0]}" if self.raised else ""

    def published_at(self) -> datetime:
        """Return the time that the answer tells; fail if it is not the answer of the brief."""
        __tracebackhide__ = True
        assert self.status == 200, f"{self}; expected 200.{self.cause}"
        body = json.loads(self.content)
        assert isinstance(body, dict), f"{self.request} answered {body!r}; expected an object."
        assert sorted(body) == ["published_at", "slug"], (
            f"{self.request} answered {body!r}; expected the keys slug and published_at."
        )
        try:
            return datetime.fromisoformat(body["published_at"])
        except (TypeError, ValueError):
            pytest.fail(f"{self.request} answered {body!r}; expected a time in ISO format.")


def same_time(told: datetime, stored: datetime | None) -> bool:
    """Say whether an answer tells the stored time, which JSON may cut to milliseconds."""
    if stored is None or told.tzinfo is None:
        return False
    return abs(told - stored) < timedelta(milliseconds=1)


class Press(Protocol):
    """Presses the button: ``await press()``."""

    async def __call__(self, slug: str = SLUG, method: str = "POST") -> Answer:
        """Return the answer."""


class State(NamedTuple):
    """What everybody sees of an article: what is committed, and nothing else."""

    status: str
    entries: int

    def __str__(self) -> str:
        number = f"{self.entries} {'entry' if self.entries == 1 else 'entries'}"
        return f"a {self.status} article with {number} in the log"


DRAFT = State("draft", 0)
PUBLISHED = State("published", 1)


def is_true(answer: Answer, state: State) -> bool:
    """Say whether an answer tells what happened: 200 to both changes, an error to neither."""
    return state == (PUBLISHED if answer.status == 200 else DRAFT)


def committed(slug: str = SLUG) -> State:
    """Return the state of an article, read on a connection of its own."""
    other = connections.create_connection(DEFAULT_DB_ALIAS)
    entries = f"SELECT COUNT(*) FROM {AuditEntry._meta.db_table} WHERE slug = %s"
    try:
        with other.cursor() as cursor:
            cursor.execute(
                f"SELECT status, ({entries}) FROM {Article._meta.db_table} WHERE slug = %s",
                [slug, slug],
            )
            return State(*cursor.fetchone())
    finally:
        other.close()


@contextmanager
def noting_errors() -> Iterator[list[str]]:
    """Give the errors that came out of views inside the block, each with its line, at its end."""
    errors: list[BaseException] = []
    told: list[str] = []

    def note(**kwargs: object) -> None:
        if error := sys.exc_info()[1]:
            errors.append(error)

    got_request_exception.connect(note)
    try:
        yield told
    finally:
        got_request_exception.disconnect(note)
        for error in errors:
            told.append(learner.told(error))
            # The record in Django's log keeps the error beyond the test, and its frames with all
            # that they hold: a coroutine that nobody has awaited is to be found in this test.
            traceback.clear_frames(error.__traceback__)


@contextmanager
def noting_the_requests_thread() -> Iterator[set[int]]:
    """Give the threads in which Django runs the sync code of the requests inside the block."""
    threads: set[int] = set()

    def note(**kwargs: object) -> None:
        threads.add(threading.get_ident())

    request_started.connect(note)
    try:
        yield threads
    finally:
        request_started.disconnect(note)


@async_only_middleware
def noting_its_return(
    get_response: Callable[[Any], Awaitable[Any]],
) -> Callable[[Any], Awaitable[Any]]:
    """Write on a response when the view returned it: others may hold it on its way out."""

    async def middleware(request: Any) -> Any:
        response = await get_response(request)
        response.returned_s = time.monotonic()
        return response

    return middleware
