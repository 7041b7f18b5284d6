"""Pages that need sheets: sync code, sync code inside of async code, and both in turn. Given."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse

from katas.k405_no_deadlock_bridge.bridge import each, load
from katas.k405_no_deadlock_bridge.core import Sheet
from katas.k405_no_deadlock_bridge.typesetter import proofs
from katas.newsroom.models import Article


def sheet(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with the sheet of an article: a sync view."""
    return JsonResponse(load(slug)._asdict())


async def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with the same: a sync island in an async view."""
    return JsonResponse((await sync_to_async(load)(slug))._asdict())


async def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish an article and answer with its sheet: an island with a transaction."""
    return JsonResponse((await sync_to_async(publish_now)(slug))._asdict())


@transaction.atomic
def publish_now(slug: str) -> Sheet:
    """Publish an article if a sheet can be made of it; else leave all as it was."""
    Article.objects.filter(slug=slug).update(status=Article.Status.PUBLISHED)
    return load(slug)


async def proof(request: HttpRequest, slugs: str) -> HttpResponse:
    """Answer with the proofs of the articles ``one+two``: async code over a sync generator."""
    return JsonResponse({"lines": [line async for line in each(proofs(slugs.split("+")))]})
