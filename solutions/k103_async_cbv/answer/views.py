"""The status page of the desks, and the archive."""

import asyncio
from typing import Protocol

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.text import slugify
from django.views import View

from katas.k103_async_cbv.legacy import LegacyArchive
from katas.newsroom.models import Article


class Desks(Protocol):
    """What the status page needs of the desks."""

    async def fetch(self, key: str) -> str:
        """Return the top story of the desk called *key*; takes a while."""

    async def file(self, key: str, story: str) -> str:
        """Hand *story* to the desk called *key* and return its receipt; takes a while."""


class DeskStatus(View):
    """What every desk is busy with, and a letter box for stories."""

    # as_view(desks=…) hands them in. It takes only what is an attribute of the class already.
    desks: Desks = None  # type: ignore[assignment]

    async def get(self, request: HttpRequest) -> HttpResponse:
        """Answer with the top story of every desk that the query string names."""
        keys = request.GET.getlist("desk")
        stories = await asyncio.gather(*(self.desks.fetch(key) for key in keys))
        return JsonResponse({"desks": dict(zip(keys, stories, strict=True))})

    async def post(self, request: HttpRequest) -> HttpResponse:
        """Hand the story in the form to its desk and answer with the receipt."""
        receipt = await self.desks.file(request.POST["desk"], request.POST["story"])
        return JsonResponse({"receipt": receipt}, status=201)


class Archive(LegacyArchive):
    """What is published, the newest first; takes new drafts. All sync, as `ListView` is."""

    def post(self, request: HttpRequest) -> HttpResponse:  # type: ignore[override]
        """Add a draft with the title that the form holds."""
        title = request.POST["title"]
        article = Article.objects.create(title=title, slug=slugify(title))
        return JsonResponse({"slug": article.slug}, status=201)
