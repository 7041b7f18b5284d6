"""A SimpleTestCase that has been given the database: nothing takes back what it stores."""

from django.test import SimpleTestCase

from katas.newsroom.models import Article

URL = "/k104/bulletin/"


class BulletinTests(SimpleTestCase):
    databases = {"default"}

    async def test_a_draft_is_stored(self):
        before = await Article.objects.acount()
        response = await self.async_client.post(URL, {"title": "Storm warning"})
        self.assertEqual(response.status_code, 201)
        self.assertEqual(await Article.objects.acount(), before + 1)

    async def test_other_methods_are_refused(self):
        response = await self.async_client.delete(URL)
        self.assertEqual(response.status_code, 405)
