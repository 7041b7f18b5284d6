"""Formats the stored time, which a published article need not have."""

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
    published_at = await sync_to_async(publish_and_record)(slug)
    return JsonResponse({"slug": slug, "published_at": published_at.isoformat()})


@transaction.atomic
def publish_and_record(slug: str) -> datetime | None:
    article = get_object_or_404(Article.objects.select_for_update(), slug=slug)
    if article.status != Article.Status.PUBLISHED:
        article.status = Article.Status.PUBLISHED
        article.published_at = article.published_at or timezone.now()
        article.save()
        AuditEntry.objects.create(slug=slug, action="published")
    return article.published_at
