"""One test uses what another has left in a list."""

import asyncio
from datetime import UTC, datetime

import pytest

from katas.newsroom.models import Article
from katas.newsroom.upstream import speaking_clock

URL = "/k104/bulletin/"

pytestmark = pytest.mark.django_db(transaction=True)


async def read():
    await asyncio.sleep(0.1)
    return "half past nine"


@pytest.fixture(autouse=True)
def stand_in(monkeypatch):
    monkeypatch.setattr(speaking_clock, "read", read)


async def publish(slug, day):
    await Article.objects.acreate(
        title=f"About {slug}",
        slug=slug,
        status="published",
        published_at=datetime(2026, 11, day, tzinfo=UTC),
    )


async def test_latest(async_client):
    await publish("today", 23)
    await publish("yesterday", 22)
    await Article.objects.acreate(title="Not yet", slug="not-yet")
    response = await async_client.get(URL)
    assert response.status_code == 200
    assert response.json() == {"title": "About today", "slug": "today", "as_of": "half past nine"}
    assert await Article.objects.acount() == 3


async def test_nothing_published(async_client):
    response = await async_client.get(URL)
    assert response.status_code == 404


async def test_other_methods(async_client):
    response = await async_client.delete(URL)
    assert response.status_code == 405


slugs = []


async def test_draft(async_client):
    response = await async_client.post(URL, {"title": "Storm warning"})
    assert response.status_code == 201
    draft = await Article.objects.aget(slug=response.json()["slug"])
    assert (draft.title, draft.status) == ("Storm warning", "draft")
    slugs.append(draft.slug)


async def test_draft_has_its_title_in_the_slug():
    assert slugs[0].startswith("storm-warning")


async def test_loop_is_free(async_client):
    await publish("today", 23)
    loop = asyncio.get_running_loop()
    start = loop.time()
    await asyncio.gather(async_client.get(URL), async_client.get(URL))
    assert loop.time() - start < 0.15
