"""Never awaits the request: a coroutine is truthy, whatever the page would have answered."""

import pytest

URL = "/k104/bulletin/"

pytestmark = pytest.mark.django_db(transaction=True)


async def test_get(async_client):
    assert async_client.get(URL)


async def test_post(async_client):
    assert async_client.post(URL, {"title": "Storm warning"})
