"""Named as Django's test runner would have it; pytest passes over it without a word."""

from django.test import TestCase

URL = "/k104/bulletin/"


class BulletinTests(TestCase):
    async def test_nothing_published(self):
        response = await self.async_client.get(URL)
        self.assertEqual(response.status_code, 404)

    async def test_other_methods(self):
        response = await self.async_client.delete(URL)
        self.assertEqual(response.status_code, 405)
