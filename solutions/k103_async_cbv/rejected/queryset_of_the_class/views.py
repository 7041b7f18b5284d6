"""Lists the queryset of the class, which reads its rows once and for all."""

import asyncio

from django.http import JsonResponse
from django.shortcuts import render
from django.views import View

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


class Archive(LegacyArchive):
    async def get(self, request):
        articles = [article async for article in self.queryset]
        return render(request, self.template_name, {"object_list": articles})
