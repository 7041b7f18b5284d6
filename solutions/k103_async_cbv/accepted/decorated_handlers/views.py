"""Decorators on handlers, not on `dispatch`; a sync archive without generic views."""

import asyncio

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.text import slugify
from django.views import View
from django.views.decorators.cache import never_cache

from katas.newsroom.models import Article


class DeskStatus(View):
    desks = None

    @method_decorator(never_cache)
    async def get(self, request):
        keys = request.GET.getlist("desk")
        stories = await asyncio.gather(*(self.desks.fetch(key) for key in keys))
        return JsonResponse({"desks": dict(zip(keys, stories, strict=True))})

    async def post(self, request):
        receipt = await self.desks.file(request.POST["desk"], request.POST["story"])
        return JsonResponse({"receipt": receipt}, status=201)


class Archive(View):
    def get(self, request):
        articles = Article.objects.published().order_by("-published_at")
        return render(request, "k103_async_cbv/archive.html", {"object_list": articles})

    def post(self, request):
        title = request.POST["title"]
        Article.objects.create(title=title, slug=slugify(title))
        return HttpResponse(status=201)
