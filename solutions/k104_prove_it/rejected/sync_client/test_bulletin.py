"""The sync client inside an async test: it would have to block the loop that it runs on."""

import pytest

URL = "/k104/bulletin/"

pytestmark = pytest.mark.django_db(transaction=True)


async def test_nothing_published(client):
    response = client.get(URL)
    assert response.status_code == 404
