"""Asks five desks at once and lets the others wait for a place."""

import asyncio

from django.http import JsonResponse
from django.utils.text import slugify
from django.views import View

from katas.k103_async_cbv.legacy import LegacyArchive
from katas.newsroom.models import Article


class DeskStatus(View):
    desks = None

    async def get(self, request):
        keys = request.GET.getlist("desk")
        limit = asyncio.Semaphore(5)

        async def fetch(key):
            async with limit:
                return await self.desks.fetch(key)

        stories = await asyncio.gather(*map(fetch, keys))
        return JsonResponse({"desks": dict(zip(keys, stories, strict=True))})

    async def post(self, request):
        receipt = await self.desks.file(request.POST["desk"], request.POST["story"])
        return JsonResponse({"receipt": receipt}, status=201)


class Archive(LegacyArchive):
    def post(self, request):
        title = request.POST["title"]
        article = Article.objects.create(title=title, slug=slugify(title))
        return JsonResponse({"slug": article.slug}, status=201)
