"""Checks under the lock, and saves what it read before."""

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
    published_at = await sync_to_async(publish_and_record)(article)
    return JsonResponse({"slug": slug, "published_at": published_at})


@transaction.atomic
def publish_and_record(article: Article) -> datetime | None:
    locked = Article.objects.select_for_update().get(pk=article.pk)
    if locked.status != Article.Status.PUBLISHED:
        article.status = Article.Status.PUBLISHED
        article.published_at = locked.published_at or timezone.now()
        article.save()
        AuditEntry.objects.create(slug=article.slug, action="published")
        return article.published_at
    return locked.published_at
