"""Renders the lazy list itself, on the event loop."""

import asyncio

from django.http import JsonResponse
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
    async def get(self, request, *args, **kwargs):
        return super().get(request, *args, **kwargs).render()
