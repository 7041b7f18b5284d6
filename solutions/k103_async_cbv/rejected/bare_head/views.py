"""Answers HEAD by hand, with Django's Content-Type for HTML."""

import asyncio

from django.http import HttpResponse, JsonResponse
from django.utils.text import slugify
from django.views import View

from katas.k103_async_cbv.legacy import LegacyArchive
from katas.newsroom.models import Article


class DeskStatus(View):
    desks = None

    async def get(self, request):
        keys = request.GET.getlist("desk")
        stories = await asyncio.gather(*(self.desks.fetch(key) for key in keys))
        return JsonResponse({"desks": dict(zip(keys, stories, strict=True))})

    async def head(self, request):
        return HttpResponse()

    async def post(self, request):
        receipt = await self.desks.file(request.POST["desk"], request.POST["story"])
        return JsonResponse({"receipt": receipt}, status=201)


class Archive(LegacyArchive):
    def post(self, request):
        title = request.POST["title"]
        article = Article.objects.create(title=title, slug=slugify(title))
        return JsonResponse({"slug": article.slug}, status=201)
