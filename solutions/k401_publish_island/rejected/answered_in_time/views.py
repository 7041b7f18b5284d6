"""Answers 200 when it has waited long enough, whatever becomes of the writes."""

import asyncio
from datetime import datetime

from asgiref.sync import sync_to_async
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from katas.k401_publish_island.models import AuditEntry
from katas.newsroom.models import Article


@require_POST
async def publish(request: HttpRequest, slug: str) -> HttpResponse:
    island = asyncio.create_task(sync_to_async(publish_and_record)(slug))
    done, _ = await asyncio.wait({island}, timeout=5)
    published_at = island.result() if done else timezone.now()
    return JsonResponse({"slug": slug, "published_at": published_at})


@transaction.atomic
def publish_and_record(slug: str) -> datetime | None:
    article = get_object_or_404(Article.objects.select_for_update(), slug=slug)
    if article.status != Article.Status.PUBLISHED:
        article.status = Article.Status.PUBLISHED
        article.published_at = article.published_at or timezone.now()
        article.save(update_fields=["status", "published_at"])
        AuditEntry.objects.create(slug=slug, action="published")
    return article.published_at
