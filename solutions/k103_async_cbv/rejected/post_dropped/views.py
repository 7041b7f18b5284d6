"""Gets rid of the mix by getting rid of `post`."""

import asyncio

from django.http import JsonResponse
from django.views import View
from django.views.generic import ListView

from katas.k103_async_cbv.legacy import LegacyArchive


class DeskStatus(View):
    desks = None

    async def get(self, request):
        keys = request.GET.getlist("desk")
        stories = await asyncio.gather(*(self.desks.fetch(key) for key in keys))
        return JsonResponse({"desks": dict(zip(keys, stories, strict=True))})

    async def post(self, request):
        receipt = await self.desks.file(request.POST["desk"], request.POST["story"])
        return JsonResponse({"receipt": receipt}, status=201)


class Archive(ListView):
    queryset = LegacyArchive.queryset
    template_name = LegacyArchive.template_name
