"""Writes both at once."""

import asyncio

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import aget_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from katas.k401_publish_island.models import AuditEntry
from katas.newsroom.models import Article


@require_POST
async def publish(request: HttpRequest, slug: str) -> HttpResponse:
    article = await aget_object_or_404(Article, slug=slug)
    if article.status != Article.Status.PUBLISHED:
        article.status = Article.Status.PUBLISHED
        article.published_at = article.published_at or timezone.now()
        await asyncio.gather(
            article.asave(), AuditEntry.objects.acreate(slug=slug, action="published")
        )
    return JsonResponse({"slug": slug, "published_at": article.published_at})
