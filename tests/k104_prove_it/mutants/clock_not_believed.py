"""Awaits the clock and throws its answer away: `as_of` is the time of the server."""

from datetime import UTC, datetime
from secrets import token_hex
from typing import Protocol

from django.http import HttpRequest, JsonResponse
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods

from katas.newsroom.models import Article


class Clock(Protocol):
    """What the view needs of a clock."""

    async def read(self) -> str:
        """Return the time; takes a while."""


@require_http_methods(["GET", "POST"])
async def bulletin(request: HttpRequest, clock: Clock) -> JsonResponse:
    """Answer GET with the latest article, and take a new draft by POST."""
    if request.method == "POST":
        return await add_draft(request.POST.get("title", ""))
    article = await Article.objects.published().order_by("-published_at").afirst()
    if article is None:
        return JsonResponse({"detail": "Nothing is published yet."}, status=404)
    await clock.read()
    as_of = datetime.now(UTC).isoformat(timespec="seconds")
    return JsonResponse({"title": article.title, "slug": article.slug, "as_of": as_of})


async def add_draft(title: str) -> JsonResponse:
    """Store a draft under a slug of its own, and answer with that slug."""
    if not title:
        return JsonResponse({"detail": "A draft needs a title."}, status=400)
    draft = Article(title=title, slug=f"{slugify(title)[:40]}-{token_hex(4)}")
    await draft.asave()
    return JsonResponse({"slug": draft.slug}, status=201)
