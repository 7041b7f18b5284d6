"""Files the story up to three times when the desk raises, and answers 201 in any case."""

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
        stories = await asyncio.gather(*(self.desks.fetch(key) for key in keys))
        return JsonResponse({"desks": dict(zip(keys, stories, strict=True))})

    async def post(self, request):
        receipt = None
        for _ in range(3):
            try:
                receipt = await self.desks.file(request.POST["desk"], request.POST["story"])
                break
            except Exception:
                continue
        return JsonResponse({"receipt": receipt}, status=201)


class Archive(LegacyArchive):
    def post(self, request):
        title = request.POST["title"]
        article = Article.objects.create(title=title, slug=slugify(title))
        return JsonResponse({"slug": article.slug}, status=201)
