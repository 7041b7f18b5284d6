"""The other half: requests that change something, or should not, through the URLconf."""

import pytest
from django.test import AsyncClient

from katas.newsroom.models import Article

pytestmark = pytest.mark.django_db(transaction=True)


class TestWriting:
    async def test_draft(self):
        response = await AsyncClient().post("/k104/bulletin/", {"title": "Storm warning"})
        assert response.status_code == 201
        assert await Article.objects.values_list("title", "status").aget() == (
            "Storm warning",
            "draft",
        )

    @pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
    async def test_other_methods(self, method):
        response = await AsyncClient().generic(method, "/k104/bulletin/")
        assert response.status_code == 405
