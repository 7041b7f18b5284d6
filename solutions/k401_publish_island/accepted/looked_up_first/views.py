"""Looks whether the article is there before the island, and reads it again under the lock."""

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
    found = await aget_object_or_404(Article, slug=slug)
    published_at = await sync_to_async(publish_and_record)(found.pk)
    return JsonResponse({"slug": slug, "published_at": published_at and published_at.isoformat()})


def publish_and_record(pk: int) -> datetime | None:
    with transaction.atomic():
        article = Article.objects.select_for_update().get(pk=pk)
        if article.status == Article.Status.PUBLISHED:
            return article.published_at
        # The entry first: within a transaction the order is free.
        AuditEntry.objects.bulk_create(
            [AuditEntry(slug=article.slug, action=AuditEntry.Action.PUBLISHED)]
        )
        with transaction.atomic():
            article.published_at = article.published_at or timezone.now()
            article.save(update_fields=["published_at"])
            article.status = Article.Status.PUBLISHED
            article.save(update_fields=["status"])
        return article.published_at
