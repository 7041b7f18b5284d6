"""Articles to read, a reader who counts, and the hops of a page."""

import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, override_settings
from django.urls import path

from dojo.instruments.hops import Hops
from dojo.instruments.orm_guard import Queries
from katas.newsroom.models import Article
from tests.k202_async_reads.reading import Publish, Read, Reading, ask, most_rows, title_of

MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)


async def empty_page(request: HttpRequest) -> HttpResponse:
    """Do nothing; what this costs, Django costs."""
    return HttpResponse()


# A URLconf has urlpatterns; more it does not need.
EmptySite = type("EmptySite", (), {"urlpatterns": [path("", empty_page)]})


@pytest.fixture
def read(async_client: AsyncClient, queries: Queries) -> Read:
    """Return a function that sends GET and measures it."""

    async def get(url: str) -> Reading:
        with queries.during() as sent:
            response = await ask(async_client, url)
        return Reading(url, response, sent, *await sync_to_async(most_rows)(sent))

    return get


@pytest.fixture
def hops_of(async_client: AsyncClient, hops: Hops) -> Callable[[str], Awaitable[tuple[Hops, Hops]]]:
    """Return a function that gives the hops of a page, and those of an empty view."""

    async def measure(url: str) -> tuple[Hops, Hops]:
        with override_settings(ROOT_URLCONF=EmptySite), hops.during() as empty:
            await ask(async_client, "/")
        with hops.during() as seen:
            await ask(async_client, url)
        return seen, empty

    return measure


@pytest.fixture
def publish() -> Publish:
    """Return a function that adds articles and returns their slugs, the newest first."""

    async def add(
        number: int, *, same_moment: bool = False, status: str = "published"
    ) -> list[str]:
        newest_first = range(number)
        # Neither the order of the keys nor that of the slugs is the one by time, or its reverse.
        by_key = sorted(newest_first, key=lambda place: (place * 7 + 3) % number)
        by_slug = sorted(newest_first, key=lambda place: (-(place % 3), place))
        rows = [
            Article(
                slug=f"{by_slug.index(place):02}-{status}-{secrets.token_hex(2)}",
                status=status,
                # A draft may have been published once, and withdrawn: newer than all others here.
                published_at=MONDAY
                + timedelta(days=status == "draft")
                - timedelta(hours=0 if same_moment else place),
            )
            for place in by_key
        ]
        for row in rows:
            row.title, row.body = title_of(row.slug), f"Body of {row.slug}"
        await Article.objects.abulk_create(rows)
        places = dict(zip(by_key, rows, strict=True))
        return [places[place].slug for place in (by_slug if same_moment else newest_first)]

    return add
