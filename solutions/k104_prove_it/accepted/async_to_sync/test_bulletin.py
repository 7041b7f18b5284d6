"""Sync tests around `async_to_sync`: queries run on the test's own thread, and are rolled back."""

import asyncio
import logging

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from katas.newsroom.models import Article
from katas.newsroom.upstream import speaking_clock

pytestmark = [pytest.mark.django_db, pytest.mark.urls("katas.k104_prove_it.urls")]


@pytest.fixture
def story(monkeypatch):
    async def read():
        await asyncio.sleep(0)
        return "half past nine"

    monkeypatch.setattr(speaking_clock, "read", read)
    now = timezone.now()
    Article.objects.create(title="Old", slug="o", status="published", published_at=now)
    Article.objects.create(title="Draft", slug="d")
    return Article.objects.create(
        title="New", slug="n", status="published", published_at=timezone.now()
    )


def test_latest(async_client, story):
    response = async_to_sync(async_client.get)("/bulletin/")
    assert response.json() == {"title": "New", "slug": "n", "as_of": "half past nine"}
    assert Article.objects.count() == 3


def test_nothing_published(async_client):
    assert async_to_sync(async_client.get)("/bulletin/").status_code == 404


def test_draft(async_client):
    response = async_to_sync(async_client.post)("/bulletin/", {"title": "Storm warning"})
    assert response.status_code == 201
    assert Article.objects.get(slug=response.json()["slug"]).status == "draft"


def test_other_methods(async_client):
    assert async_to_sync(async_client.put)("/bulletin/").status_code == 405


def test_asyncio_itself_sees_no_slow_step(async_client, story, caplog):
    async def watched():
        asyncio.get_running_loop().set_debug(True)
        await async_client.get("/bulletin/")

    with caplog.at_level(logging.WARNING, logger="asyncio"):
        async_to_sync(watched)()
    assert not [record for record in caplog.records if "took" in record.getMessage()]
