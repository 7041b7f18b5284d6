"""Every method by hand, `head` and `options` too; the archive as JSON, with the async ORM."""

import asyncio

from django.http import HttpResponse, JsonResponse
from django.utils.text import slugify
from django.views import View

from katas.newsroom.models import Article


class DeskStatus(View):
    desks = None

    async def get(self, request):
        keys = request.GET.getlist("desk")
        tasks = {key: asyncio.create_task(self.desks.fetch(key)) for key in keys}
        return JsonResponse({"desks": {key: await task for key, task in tasks.items()}})

    async def head(self, request):
        return HttpResponse(content_type="application/json")

    async def post(self, request):
        receipt = await self.desks.file(request.POST["desk"], request.POST["story"])
        return JsonResponse({"receipt": receipt}, status=201)

    async def options(self, request):
        return HttpResponse(headers={"Allow": "GET, HEAD, POST, OPTIONS"})


class Archive(View):
    async def get(self, request):
        articles = Article.objects.published().order_by("-published_at")
        return JsonResponse({"articles": [article.title async for article in articles]})

    async def post(self, request):
        title = request.POST["title"]
        article = await Article.objects.acreate(title=title, slug=slugify(title))
        return JsonResponse({"slug": article.slug}, status=201)
