"""Async tests with a plain `django_db`: what they store is not rolled back."""

import pytest

from katas.newsroom.models import Article

URL = "/k104/bulletin/"


@pytest.mark.django_db
async def test_nothing_published(async_client):
    response = await async_client.get(URL)
    assert response.status_code == 404


@pytest.mark.django_db
async def test_draft(async_client):
    response = await async_client.post(URL, {"title": "Storm warning"})
    assert response.status_code == 201
    draft = await Article.objects.aget()
    assert draft.title == "Storm warning"
