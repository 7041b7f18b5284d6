"""An island for each step, and a transaction in each."""

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
    article, first = await sync_to_async(mark)(slug)
    if first:
        await sync_to_async(record)(slug)
    return JsonResponse({"slug": slug, "published_at": article.published_at})


@transaction.atomic
def mark(slug: str) -> tuple[Article, bool]:
    article = get_object_or_404(Article.objects.select_for_update(), slug=slug)
    first = article.status != Article.Status.PUBLISHED
    if first:
        article.status = Article.Status.PUBLISHED
        article.published_at = article.published_at or timezone.now()
        article.save()
    return article, first


@transaction.atomic
def record(slug: str) -> None:
    AuditEntry.objects.create(slug=slug, action="published")
