"""The tests of the bulletin: what it answers, what it stores, and that it never blocks."""

import asyncio
from datetime import UTC, datetime

import pytest
from django.test import AsyncClient

from katas.newsroom.models import Article
from katas.newsroom.upstream import speaking_clock

URL = "/k104/bulletin/"
PUBLISHED = Article.Status.PUBLISHED

# The view's queries run in a thread of their own. A transaction of the test's thread would neither
# show them these rows nor take theirs back, so every table is emptied after each test instead.
pytestmark = pytest.mark.django_db(transaction=True)


class Clock:
    """Takes 0.1 s to tell a time that no real clock would."""

    calls = 0

    async def read(self) -> str:
        """Return the time."""
        self.calls += 1
        await asyncio.sleep(0.1)
        return "half past nine"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Put a clock of known behaviour behind the one that the URLconf hands to the view."""
    clock = Clock()
    monkeypatch.setattr(speaking_clock, "read", clock.read)
    return clock


async def publish(slug: str, day: int) -> Article:
    """Store a published article whose title is not its slug."""
    published_at = datetime(2026, 11, day, tzinfo=UTC)
    return await Article.objects.acreate(
        title=f"About {slug}", slug=slug, status=PUBLISHED, published_at=published_at
    )


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


async def test_loop_is_free_while_the_page_waits(async_client: AsyncClient, clock: Clock) -> None:
    """A task that wants to run every 10 ms never has to wait much longer than that."""
    await publish("today", day=23)
    gaps = []

    async def tick() -> None:
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(0.01)
            gaps.append(loop.time() - before)

    ticking = asyncio.create_task(tick())
    await async_client.get(URL)
    ticking.cancel()

    assert clock.calls == 1
    assert max(gaps) < 0.05
