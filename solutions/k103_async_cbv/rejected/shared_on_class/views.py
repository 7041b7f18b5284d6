"""Collects stories in a dictionary that all requests share."""

import asyncio

from django.http import JsonResponse
from django.utils.text import slugify
from django.views import View

from katas.k103_async_cbv.legacy import LegacyArchive
from katas.newsroom.models import Article


class DeskStatus(View):
    desks = None
    stories = {}

    async def get(self, request):
        await asyncio.gather(*map(self.ask, request.GET.getlist("desk")))
        return JsonResponse({"desks": self.stories})

    async def ask(self, key):
        self.stories[key] = await self.desks.fetch(key)

    async def post(self, request):
        receipt = await self.desks.file(request.POST["desk"], request.POST["story"])
        return JsonResponse({"receipt": receipt}, status=201)


class Archive(LegacyArchive):
    def post(self, request):
        title = request.POST["title"]
        article = Article.objects.create(title=title, slug=slugify(title))
        return JsonResponse({"slug": article.slug}, status=201)
