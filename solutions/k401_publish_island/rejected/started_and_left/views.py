"""Answers before the island has done anything."""

import asyncio
from datetime import datetime

from asgiref.sync import sync_to_async
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import aget_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from katas.k401_publish_island.models import AuditEntry
from katas.newsroom.models import Article


@require_POST
async def publish(request: HttpRequest, slug: str) -> HttpResponse:
    article = await aget_object_or_404(Article, slug=slug)
    published_at = article.published_at or timezone.now()
    task = asyncio.create_task(sync_to_async(publish_and_record)(slug, published_at))
    running.add(task)
    task.add_done_callback(running.discard)
    return JsonResponse({"slug": slug, "published_at": published_at})


running: set[asyncio.Task[None]] = set()


@transaction.atomic
def publish_and_record(slug: str, published_at: datetime) -> None:
    article = Article.objects.select_for_update().get(slug=slug)
    if article.status != Article.Status.PUBLISHED:
        article.status = Article.Status.PUBLISHED
        article.published_at = published_at
        article.save()
        AuditEntry.objects.create(slug=slug, action="published")
