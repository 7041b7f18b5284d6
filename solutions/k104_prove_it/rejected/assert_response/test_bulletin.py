"""Asserts that there is a response. There always is."""

import pytest

from katas.newsroom.models import Article

URL = "/k104/bulletin/"

pytestmark = pytest.mark.django_db(transaction=True)


async def test_nothing_published(async_client):
    response = await async_client.get(URL)
    assert response


async def test_latest(async_client):
    await Article.objects.acreate(title="About today", slug="today", status="published")
    response = await async_client.get(URL)
    assert response


async def test_draft(async_client):
    response = await async_client.post(URL, {"title": "Storm warning"})
    assert response


async def test_other_methods(async_client):
    response = await async_client.delete(URL)
    assert response
