"""What the tests of the dashboard share: a newsroom, how to ask for a page, and explaining hops."""

import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import httpx
import pytest
from django.core.signals import got_request_exception, request_started

from dojo.instruments import learner
from dojo.instruments.connections import Connections
from dojo.instruments.hops import Hops
from katas.newsroom.models import Article, Author, Tag

MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)
KEYS = ["published", "drafts", "unsigned", "tags", "latest", "busiest"]


class Publish(Protocol):
    """Stores an article: ``await publish("Rain", author="Ada", tags=("weather",))``."""

    async def __call__(self, title: str, **values: Any) -> None:
        """Store one article; the values are those of `store`."""


class Dashboard(Protocol):
    """Asks for the dashboard: ``await dashboard()`` gives its figures."""

    async def __call__(self) -> dict[str, Any]:
        """Return the figures; fail if one is missing, or a connection was left open."""


def store(
    title: str,
    *,
    author: str | Author | None = None,
    tags: tuple[str, ...] = (),
    draft: bool = False,
    hour: int | None = None,
    slug: str | None = None,
) -> None:
    """Store an article, published an hour after the one stored before it, or a draft.

    Args:
        author: An author, or the name of the only one of that name.
        hour: When it was published, if not in the order of storing; a draft may have had an hour.
    """
    number = Article.objects.count()
    if isinstance(author, str):
        author, _ = Author.objects.get_or_create(name=author)
    if hour is None and not draft:
        hour = number
    article = Article.objects.create(
        title=title,
        slug=slug or f"story-{number}",
        author=author,
        status=Article.Status.DRAFT if draft else Article.Status.PUBLISHED,
        published_at=None if hour is None else MONDAY + timedelta(hours=hour),
    )
    article.tags.set([Tag.objects.get_or_create(name=name)[0] for name in tags])


async def ask(client: httpx.AsyncClient, url: str) -> dict[str, Any]:
    """Return what the page at *url* answers; fail with the line at which its view failed."""
    __tracebackhide__ = True
    raised: list[BaseException] = []

    def note(**kwargs: object) -> None:
        if error := sys.exc_info()[1]:
            raised.append(error)

    got_request_exception.connect(note)
    try:
        response = await client.get(url)
    finally:
        got_request_exception.disconnect(note)
    if raised:
        pytest.fail(
            f"GET {url} raised {learner.told(raised[0])}\nExpected an answer.", pytrace=False
        )
    assert response.status_code == 200, f"GET {url} answered {response.status_code}; expected 200."
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    assert kind == "application/json", f"GET {url} answered {kind}; expected application/json."
    answer = response.json()
    assert isinstance(answer, dict), (
        f"GET {url} answered a {type(answer).__name__}; expected {{'{KEYS[0]}': …, …}}."
    )
    return answer


def check_keys(answer: dict[str, Any]) -> None:
    """Fail if *answer* has not exactly the keys of the dashboard."""
    __tracebackhide__ = True
    assert sorted(answer) == sorted(KEYS), (
        f"GET /dashboard/ answered the keys {list(answer)}; expected {KEYS}."
    )


def check_closed(opened: Connections) -> None:
    """Fail if one of the connections of a request is open where Django does not close it."""
    __tracebackhide__ = True
    left = [connection for connection in opened.open if not connection.kept]
    if left:
        facts = "\n".join(
            f"database connection left open in thread {connection.thread}"
            + (f"\n    at {connection.spot}" if connection.spot else "")
            for connection in left
        )
        pytest.fail(
            f"GET /dashboard/: {facts}\nAt the end of a request, Django closes the connection of "
            "the request's own thread alone. (task 3)",
            pytrace=False,
        )


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


def explain(hops: Hops, bare: Hops, picture: str) -> str:
    """Say which hops the dashboard made that `/ping/` did not, above a picture of them."""
    of_django = Counter(hop.call for hop in bare)
    mine = []
    for hop in hops:
        if of_django[hop.call]:
            of_django[hop.call] -= 1
        else:
            mine.append(hop)
    listing = "".join(f"\n  {number}. {hop}" for number, hop in enumerate(mine, start=1))
    return (
        f"GET /dashboard/: {hops.above(bare)} hops more than GET /ping/; expected at most 1."
        f"{listing}\n\n{picture}"
    )
