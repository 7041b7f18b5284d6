"""Calls the view itself, with a clock of its own as the argument; writing is in a second file."""

import asyncio
import time

import pytest
from django.utils import timezone

from katas.k104_prove_it.views import bulletin
from katas.newsroom.models import Article


class Clock:
    def __init__(self, told):
        self.told = told

    async def read(self):
        await asyncio.sleep(1)
        return self.told


@pytest.fixture
def story(transactional_db):
    now = timezone.now()
    week = timezone.timedelta(days=7)
    Article.objects.create(title="B", slug="b", status="published", published_at=now - week)
    Article.objects.create(title="C", slug="c", status="draft", published_at=now + week)
    return Article.objects.create(title="A", slug="a", status="published", published_at=now)


async def test_latest(async_rf, story):
    first, second = await asyncio.gather(
        bulletin(async_rf.get("/"), clock=Clock("noon")),
        bulletin(async_rf.get("/"), clock=Clock("midnight")),
    )
    assert first.status_code == second.status_code == 200
    assert first.content == b'{"title": "A", "slug": "a", "as_of": "noon"}'
    assert second.content == b'{"title": "A", "slug": "a", "as_of": "midnight"}'
    assert await Article.objects.acount() == 3


async def test_one_second_passes_and_not_more(async_rf, story):
    start = time.monotonic()
    await bulletin(async_rf.get("/"), clock=Clock("noon"))
    assert time.monotonic() - start == pytest.approx(1)


async def test_nothing_published(async_rf, transactional_db):
    response = await bulletin(async_rf.get("/"), clock=Clock("noon"))
    assert response.status_code == 404
