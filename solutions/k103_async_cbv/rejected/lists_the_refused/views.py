"""Overrides `dispatch` and refuses the methods that came to mind."""

import asyncio

from django.http import HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils.text import slugify
from django.views import View

from katas.k103_async_cbv.legacy import LegacyArchive
from katas.newsroom.models import Article


class DeskStatus(View):
    desks = None

    async def dispatch(self, request):
        allowed = ["GET", "HEAD", "POST", "OPTIONS"]
        if request.method in ("PUT", "PATCH", "DELETE"):
            return HttpResponseNotAllowed(allowed)
        if request.method == "OPTIONS":
            return HttpResponse(headers={"Allow": ", ".join(allowed)})
        if request.method == "POST":
            return await self.post(request)
        return await self.get(request)

    async def get(self, request):
        keys = request.GET.getlist("desk")
        stories = await asyncio.gather(*(self.desks.fetch(key) for key in keys))
        return JsonResponse({"desks": dict(zip(keys, stories, strict=True))})

    async def post(self, request):
        receipt = await self.desks.file(request.POST["desk"], request.POST["story"])
        return JsonResponse({"receipt": receipt}, status=201)


class Archive(LegacyArchive):
    def post(self, request):
        title = request.POST["title"]
        article = Article.objects.create(title=title, slug=slugify(title))
        return JsonResponse({"slug": article.slug}, status=201)
