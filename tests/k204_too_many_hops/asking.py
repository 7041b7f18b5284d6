"""What the tests of the dashboard share: a newsroom, how to ask for a page, and explaining hops."""

import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from django.core.signals import got_request_exception, request_started

from dojo.instruments import learner
from dojo.instruments.hops import Hops
from katas.newsroom.models import Article, Author, Tag

MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)


def store(
    title: str, *, author: str | None = None, tags: tuple[str, ...] = (), draft: bool = False
) -> None:
    """Store an article, published an hour after the one before it, or a draft."""
    number = Article.objects.count()
    article = Article.objects.create(
        title=title,
        slug=f"story-{number}",
        author=None if author is None else Author.objects.get_or_create(name=author)[0],
        status=Article.Status.DRAFT if draft else Article.Status.PUBLISHED,
        published_at=None if draft else MONDAY + timedelta(hours=number),
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
    answer: dict[str, Any] = response.json()
    return answer


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
        f"GET /dashboard/: {hops.above(bare)} hops more than GET /ping/; expected at most 1. "
        f"(task 2){listing}\n\n{picture}"
    )
