"""The bulletin once more: it answers and stores the same, in other words."""

import json
from typing import Protocol

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils.crypto import get_random_string
from django.utils.text import slugify

from katas.newsroom.models import Article


class Clock(Protocol):
    """What the view needs of a clock."""

    async def read(self) -> str:
        """Return the time; takes a while."""


async def bulletin(request: HttpRequest, clock: Clock) -> HttpResponse:
    """Leave each method to a function of its own."""
    match request.method:
        case "GET":
            return await newest(clock)
        case "POST":
            return await add_draft(request.POST.get("title", ""))
        case _:
            return HttpResponseNotAllowed(["GET", "POST"])


async def newest(clock: Clock) -> HttpResponse:
    """Ask for two columns, and write the JSON by hand."""
    published = Article.objects.filter(status="published").order_by("-published_at", "-pk")
    found = [row async for row in published.values_list("title", "slug")[:1]]
    if not found:
        return JsonResponse({"detail": "Nothing is published yet."}, status=404)
    title, slug = found[0]
    told = {"title": title, "slug": slug, "as_of": await clock.read()}
    return HttpResponse(json.dumps(told), content_type="application/json")


async def add_draft(title: str) -> JsonResponse:
    """Store a draft in a thread."""
    if not title:
        return JsonResponse({"detail": "A draft needs a title."}, status=400)
    slug = "-".join([slugify(title)[:40], get_random_string(8, "0123456789abcdef")])
    await sync_to_async(Article.objects.create)(title=title, slug=slug, status="draft")
    return JsonResponse({"slug": slug}, status=201)
