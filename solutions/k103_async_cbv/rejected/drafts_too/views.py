"""Lists drafts as well."""

import asyncio

from django.http import JsonResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views import View

from katas.newsroom.models import Article


class DeskStatus(View):
    desks = None

    async def get(self, request):
        keys = request.GET.getlist("desk")
        stories = await asyncio.gather(*(self.desks.fetch(key) for key in keys))
        return JsonResponse({"desks": dict(zip(keys, stories, strict=True))})

    async def post(self, request):
        receipt = await self.desks.file(request.POST["desk"], request.POST["story"])
        return JsonResponse({"receipt": receipt}, status=201)


class Archive(View):
    async def get(self, request):
        articles = [article async for article in Article.objects.order_by("-published_at")]
        return render(request, "k103_async_cbv/archive.html", {"object_list": articles})

    async def post(self, request):
        title = request.POST["title"]
        article = await Article.objects.acreate(title=title, slug=slugify(title))
        return JsonResponse({"slug": article.slug}, status=201)
