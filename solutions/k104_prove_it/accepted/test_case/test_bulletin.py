"""Django's own style: async methods of a TestCase, rolled back by it."""

import asyncio
from datetime import UTC, datetime
from unittest import mock

from django.test import TestCase

from katas.newsroom.models import Article
from katas.newsroom.upstream import speaking_clock

URL = "/k104/bulletin/"


async def read():
    await asyncio.sleep(0.1)
    return "half past nine"


class EmptyTests(TestCase):
    async def test_nothing_published(self):
        response = await self.async_client.get(URL)
        self.assertEqual(response.status_code, 404)

    async def test_draft(self):
        response = await self.async_client.post(URL, {"title": "Storm warning"})
        self.assertEqual(response.status_code, 201)
        draft = await Article.objects.aget(slug=response.json()["slug"])
        self.assertEqual(draft.title, "Storm warning")
        self.assertEqual(draft.status, Article.Status.DRAFT)

    async def test_other_methods(self):
        for method in ("PUT", "PATCH", "DELETE"):
            with self.subTest(method):
                response = await self.async_client.generic(method, URL)
                self.assertEqual(response.status_code, 405)


@mock.patch.object(speaking_clock, "read", read)
class PublishedTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        for slug, status, day in (
            ("yesterday", "published", 22),
            ("today", "published", 23),
            ("tomorrow", "draft", 24),
        ):
            Article.objects.create(
                title=f"About {slug}",
                slug=slug,
                status=status,
                published_at=datetime(2026, 11, day, tzinfo=UTC),
            )

    async def test_latest(self):
        response = await self.async_client.get(URL)
        self.assertEqual(
            response.json(), {"title": "About today", "slug": "today", "as_of": "half past nine"}
        )
        self.assertEqual(await Article.objects.acount(), 3)

    async def test_loop_is_free(self):
        loop = asyncio.get_running_loop()
        start = loop.time()
        await asyncio.gather(*(self.async_client.get(URL) for _ in range(3)))
        self.assertLess(loop.time() - start, 0.15)
