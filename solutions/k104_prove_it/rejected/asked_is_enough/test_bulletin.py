"""Counts how often the clock is asked, and looks at nothing that it says."""

import asyncio
from datetime import UTC, datetime

import pytest

from katas.newsroom.models import Article
from katas.newsroom.upstream import speaking_clock

URL = "/k104/bulletin/"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def asked(monkeypatch):
    asked = []

    async def read():
        await asyncio.sleep(0.1)
        asked.append("the time")
        return "2026-11-23T06:00:00+00:00"

    monkeypatch.setattr(speaking_clock, "read", read)
    return asked


async def publish(slug, day):
    await Article.objects.acreate(
        title=f"About {slug}",
        slug=slug,
        status="published",
        published_at=datetime(2026, 11, day, tzinfo=UTC),
    )


async def test_latest(async_client, asked):
    await publish("today", 23)
    await publish("yesterday", 22)
    await Article.objects.acreate(title="Not yet", slug="not-yet")
    response = await async_client.get(URL)
    assert response.status_code == 200
    answer = response.json()
    assert (answer["title"], answer["slug"]) == ("About today", "today")
    assert datetime.fromisoformat(answer["as_of"]).year >= 2026
    assert asked == ["the time"]
    assert await Article.objects.acount() == 3


async def test_nothing_published(async_client):
    response = await async_client.get(URL)
    assert response.status_code == 404


async def test_other_methods(async_client):
    response = await async_client.delete(URL)
    assert response.status_code == 405


async def test_draft(async_client):
    response = await async_client.post(URL, {"title": "Storm warning"})
    assert response.status_code == 201
    draft = await Article.objects.aget(slug=response.json()["slug"])
    assert (draft.title, draft.status) == ("Storm warning", "draft")


async def test_loop_is_free(async_client):
    await publish("today", 23)
    loop = asyncio.get_running_loop()
    start = loop.time()
    await asyncio.gather(async_client.get(URL), async_client.get(URL))
    assert loop.time() - start < 0.15
