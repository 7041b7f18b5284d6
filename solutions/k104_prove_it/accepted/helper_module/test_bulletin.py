"""Answers and rows; an async fixture of their own empties the table after each test."""

from collections.abc import AsyncIterator

import pytest
from django.test import AsyncClient

from katas.newsroom.models import Article
from katas.newsroom.upstream import speaking_clock

from .tests_desk import URL, Clock, clear, publish

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Put a clock of known behaviour behind the one that the URLconf hands to the view."""
    clock = Clock()
    monkeypatch.setattr(speaking_clock, "read", clock.read)
    return clock


@pytest.fixture(autouse=True)
async def emptied() -> AsyncIterator[None]:
    """Take back what the test has stored, and what the page has."""
    yield
    await clear()


async def test_shows_the_latest_published_article(async_client: AsyncClient) -> None:
    """GET answers with the latest article and the time."""
    await publish("yesterday", day=22)
    await publish("today", day=23)
    await publish("last-week", day=16)

    response = await async_client.get(URL)

    assert response.status_code == 200
    assert response.json() == {"title": "About today", "slug": "today", "as_of": "half past nine"}


async def test_shows_no_draft(async_client: AsyncClient) -> None:
    """As long as there are only drafts, GET answers 404, in JSON."""
    await Article.objects.acreate(title="Not yet", slug="not-yet")

    response = await async_client.get(URL)

    assert response.status_code == 404
    assert response["Content-Type"] == "application/json"


async def test_takes_a_draft(async_client: AsyncClient) -> None:
    """POST stores one draft, under the slug that it answers with."""
    response = await async_client.post(URL, {"title": "Storm warning"})

    assert response.status_code == 201
    draft = await Article.objects.aget()
    assert draft.title == "Storm warning"
    assert draft.status == Article.Status.DRAFT
    assert response.json() == {"slug": draft.slug}


async def test_reading_stores_nothing(async_client: AsyncClient) -> None:
    """GET leaves the table as it is."""
    await publish("today", day=23)

    await async_client.get(URL)

    assert await Article.objects.acount() == 1


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_refuses_other_methods(async_client: AsyncClient, method: str) -> None:
    """What is neither GET nor POST is answered with 405."""
    response = await async_client.generic(method, URL)

    assert response.status_code == 405
