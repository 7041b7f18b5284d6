"""The mirror order as decorators, and an update that needs no lock."""

from datetime import datetime

from asgiref.sync import async_to_sync, markcoroutinefunction, sync_to_async
from django.db import transaction
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import aget_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from katas.k401_publish_island.models import AuditEntry
from katas.newsroom.models import Article


@require_POST
async def publish(request: HttpRequest, slug: str) -> HttpResponse:
    published_at = await publish_and_record(slug)
    return JsonResponse({"slug": slug, "published_at": published_at})


@sync_to_async
@async_to_sync
@markcoroutinefunction
@transaction.atomic
async def publish_and_record(slug: str) -> datetime | None:
    drafts = Article.objects.filter(slug=slug, status=Article.Status.DRAFT)
    first = await drafts.aupdate(
        status=Article.Status.PUBLISHED, published_at=Coalesce("published_at", timezone.now())
    )
    if first:
        await AuditEntry.objects.acreate(slug=slug, action="published")
    return (await aget_object_or_404(Article, slug=slug)).published_at
