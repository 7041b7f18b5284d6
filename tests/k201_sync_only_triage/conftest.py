"""A visitor who says where the ORM was refused, rows to read, and a wire that takes notes."""

import linecache
import threading
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
from asgiref.sync import iscoroutinefunction, sync_to_async
from django.core.exceptions import SynchronousOnlyOperation
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, AsyncRequestFactory, override_settings
from django.urls import path, resolve

from dojo.instruments import learner
from dojo.instruments.hops import Hops
from dojo.instruments.orm_guard import Queries
from katas.k201_sync_only_triage.wire import agencies
from katas.newsroom.models import Article, Author, Tag

Visit = Callable[[str, str], Awaitable[Any]]


async def empty_page(request: HttpRequest) -> HttpResponse:
    """Do nothing; what this costs, Django costs."""
    return HttpResponse()


# A URLconf has urlpatterns; more it does not need.
EmptySite = type("EmptySite", (), {"urlpatterns": [path("", empty_page)]})


@pytest.fixture
def add() -> Callable[..., Awaitable[None]]:
    """Return a function that adds articles, drafts or published on some day."""

    @sync_to_async
    def add_articles(
        *titles: str, status: str, author: str = "", tags: tuple[str, ...] = (), days: int = 0
    ) -> None:
        for title in titles:
            added = Article.objects.create(
                title=title,
                slug=title.lower().replace(" ", "-"),
                status=status,
                author=Author.objects.create(name=author) if author else None,
                published_at=datetime(2026, 11, 1 + days, tzinfo=UTC)
                if status == "published"
                else None,
            )
            added.tags.set([Tag.objects.create(name=name) for name in tags])

    return add_articles


def line_of(error: BaseException) -> str:
    """Return the learner's innermost line that *error* came out of."""
    lines = ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        if learner.is_learner(frame.f_code.co_filename):
            source = linecache.getline(frame.f_code.co_filename, line).strip()
            lines = f" at {replace(learner.spot(frame), line=line, source=source)}"
    return lines


async def answer(call: str, awaitable: Awaitable[Any]) -> Any:
    """Await what *call* returned; an ORM call that Django refuses is a failed test."""
    try:
        return await awaitable
    except SynchronousOnlyOperation as error:
        refusal = f"{call} raised SynchronousOnlyOperation{line_of(error)}"
    pytest.fail(f"{refusal}\nExpected an answer.", pytrace=False)


@pytest.fixture
def visit(async_client: AsyncClient) -> Visit:
    """Return a function that sends a request through all of Django."""
    return lambda method, url: answer(f"{method} {url}", async_client.generic(method, url))


@pytest.fixture
def call_view() -> Visit:
    """Return a function that calls the view at a URL, and nothing around it."""

    def call(method: str, url: str) -> Awaitable[Any]:
        match = resolve(url)
        view = match.func if iscoroutinefunction(match.func) else sync_to_async(match.func)
        request = AsyncRequestFactory().generic(method, url)
        return answer(f"the view at {url}", view(request, **match.kwargs))

    return call


@pytest.fixture
def stays_off_the_loop(visit: Visit, queries: Queries) -> Callable[[str, str], Awaitable[None]]:
    """Return a check: the view at a URL is async, and its queries run in another thread."""

    async def check(method: str, url: str) -> None:
        with queries.during() as sent:
            await visit(method, url)
        # By the thread itself: "is a loop running?" is a question that code can answer falsely.
        here = Queries(query for query in sent if query.thread_id == threading.get_ident())
        assert not here, (
            f"{method} {url}: of {len(sent)} queries, {len(here)} ran on the event loop's thread; "
            f"expected none.\n{here}"
        )
        assert iscoroutinefunction(resolve(url).func), (
            f"iscoroutinefunction is False for the view at {url}; expected an async view."
        )

    return check


@pytest.fixture
def extra_hops(visit: Visit, hops: Hops) -> Callable[[str, str], Awaitable[tuple[int, Hops]]]:
    """Return a function that counts a request's hops, and those above an empty view's."""

    async def measure(method: str, url: str) -> tuple[int, Hops]:
        with override_settings(ROOT_URLCONF=EmptySite), hops.during() as empty:
            await visit(method, "/")
        with hops.during() as seen:
            await visit(method, url)
        return seen.above(empty), seen

    return measure


class Announcement(NamedTuple):
    """What went to the agencies, and what the database knew at that moment."""

    title: str
    status: str
    in_transaction: bool


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[Announcement]:
    """Note what `announce` sends to the agencies."""
    sent: list[Announcement] = []

    def send(title: str) -> None:
        status = Article.objects.get(title=title).status
        sent.append(Announcement(title, status, connection.in_atomic_block))

    monkeypatch.setattr(agencies, "send", send)
    return sent
