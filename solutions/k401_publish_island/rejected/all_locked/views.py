"""Locks every article to publish one."""

from datetime import datetime

from asgiref.sync import sync_to_async
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from katas.k401_publish_island.models import AuditEntry
from katas.newsroom.models import Article


@require_POST
async def publish(request: HttpRequest, slug: str) -> HttpResponse:
    published_at = await sync_to_async(publish_and_record)(slug)
    return JsonResponse({"slug": slug, "published_at": published_at})


@transaction.atomic
def publish_and_record(slug: str) -> datetime | None:
    articles = {article.slug: article for article in Article.objects.select_for_update()}
    if slug not in articles:
        raise Http404
    article = articles[slug]
    if article.status != Article.Status.PUBLISHED:
        article.status = Article.Status.PUBLISHED
        article.published_at = article.published_at or timezone.now()
        article.save(update_fields=["status", "published_at"])
        AuditEntry.objects.create(slug=slug, action="published")
    return article.published_at
