"""Declares the mixed class to be sync, and waits for the async handler itself."""

import asyncio
import inspect

from asgiref.sync import async_to_sync
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
    view_is_async = False

    def dispatch(self, request, *args, **kwargs):
        response = super().dispatch(request, *args, **kwargs)
        if inspect.isawaitable(response):
            return async_to_sync(finish)(response)
        return response


async def finish(response):
    return await response
