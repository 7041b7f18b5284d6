"""Takes the check out of Django, for every view of the site."""

import asyncio

from asgiref.sync import iscoroutinefunction
from django.http import JsonResponse
from django.utils.functional import classproperty
from django.views import View

from katas.k103_async_cbv.legacy import LegacyArchive


def any_is_async(cls):
    names = [name for name in cls.http_method_names if name != "options"]
    return any(iscoroutinefunction(getattr(cls, name, None)) for name in names)


View.view_is_async = classproperty(any_is_async)


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
        return super().get(request, *args, **kwargs)
