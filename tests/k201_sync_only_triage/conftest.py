"""A visitor who says where the ORM was refused, rows to read, and a wire that takes notes."""

import threading
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from asgiref.sync import iscoroutinefunction, sync_to_async
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, AsyncRequestFactory, override_settings
from django.urls import path, resolve
from django.utils.text import slugify

from dojo.instruments.hops import Hops
from dojo.instruments.orm_guard import Queries
from katas.k201_sync_only_triage.wire import agencies
from katas.newsroom.models import Article, Author, Tag
from tests.k201_sync_only_triage.asking import Add, Announcement, Cost, Visit, answer

DAY = timedelta(days=1)


async def empty_page(request: HttpRequest) -> HttpResponse:
    """Do nothing; what this costs, Django costs."""
    return HttpResponse()


# A URLconf has urlpatterns; more it does not need.
EmptySite = type("EmptySite", (), {"urlpatterns": [path("", empty_page)]})


@pytest.fixture
def add() -> Add:
    """Return a function that adds articles, of a day in November."""

    def add_articles(
        *titles: str,
        status: str,
        author: str = "",
        tags: tuple[str, ...] = (),
        day: int = 1,
        withdrawn: bool = False,
    ) -> None:
        then = datetime(2026, 11, day, tzinfo=UTC)
        for title in titles:
            added = Article.objects.create(
                title=title,
                slug=slugify(title),
                status=status,
                author=Author.objects.create(name=author) if author else None,
                # A draft that was published once, and withdrawn, has its time still.
                published_at=then if status == "published" or withdrawn else None,
            )
            added.tags.add(*(Tag.objects.create(name=name) for name in tags))
        # What is published last was begun first: the two times are not to be taken for one another.
        created = then if status == "draft" else datetime(2026, 11, 1, tzinfo=UTC) - day * DAY
        Article.objects.filter(title__in=titles).update(created_at=created)

    return cast(Add, sync_to_async(add_articles))


@pytest.fixture
def visit(async_client: AsyncClient) -> Visit:
    """Return a function that sends a request through all of Django."""

    async def send(method: str, url: str) -> Any:
        return await answer(f"{method} {url}", async_client.generic(method, url))

    return send


@pytest.fixture
def call_view() -> Visit:
    """Return a function that calls the view at a URL, and nothing around it."""

    async def call(method: str, url: str) -> Any:
        match = resolve(url)
        view = match.func if iscoroutinefunction(match.func) else sync_to_async(match.func)
        request = AsyncRequestFactory().generic(method, url)
        return await answer(f"the view at {url}", view(request, **match.kwargs))

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
def cost_of(visit: Visit, hops: Hops, queries: Queries) -> Callable[[str, str], Awaitable[Cost]]:
    """Return a function that sends a request and measures it."""

    async def measure(method: str, url: str) -> Cost:
        with override_settings(ROOT_URLCONF=EmptySite), hops.during() as empty:
            await visit(method, "/")
        with hops.during() as seen, queries.during() as sent:
            await visit(method, url)
        return Cost(f"{method} {url}", seen, empty, sent)

    return measure


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[Announcement]:
    """Note what `announce` sends to the agencies."""
    sent: list[Announcement] = []

    def send(title: str) -> None:
        status = Article.objects.get(title=title).status
        sent.append(Announcement(title, status, connection.in_atomic_block))

    monkeypatch.setattr(agencies, "send", send)
    return sent
