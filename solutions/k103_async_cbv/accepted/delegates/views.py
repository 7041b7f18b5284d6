"""An async `dispatch` around the handlers; an async archive that calls a sync `ListView`."""

import asyncio

from asgiref.sync import sync_to_async
from django.http import JsonResponse
from django.utils.text import slugify
from django.views import View
from django.views.generic import ListView

from katas.k103_async_cbv.legacy import LegacyArchive
from katas.newsroom.models import Article


class DeskStatus(View):
    desks = None

    async def dispatch(self, request, *args, **kwargs):
        response = await super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    async def get(self, request):
        keys = request.GET.getlist("desk")
        stories = await asyncio.gather(*map(self.desks.fetch, keys))
        return JsonResponse({"desks": dict(zip(keys, stories, strict=True))})

    async def post(self, request):
        receipt = await self.desks.file(request.POST["desk"], request.POST["story"])
        return JsonResponse({"receipt": receipt}, status=201)


class Published(ListView):
    queryset = LegacyArchive.queryset
    template_name = LegacyArchive.template_name


class Archive(View):
    async def get(self, request):
        return await sync_to_async(Published.as_view())(request)

    async def post(self, request):
        title = request.POST["title"]
        article = await Article.objects.acreate(title=title, slug=slugify(title))
        return JsonResponse({"slug": article.slug}, status=201)
