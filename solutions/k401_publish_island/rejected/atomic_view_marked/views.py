"""Marked as async again, the decorated view commits before its body starts."""

from asgiref.sync import sync_to_async
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import aget_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from katas.k401_publish_island.models import AuditEntry
from katas.newsroom.models import Article


async def publish_and_record(request: HttpRequest, slug: str) -> HttpResponse:
    article = await aget_object_or_404(Article, slug=slug)
    if article.status != Article.Status.PUBLISHED:
        article.status = Article.Status.PUBLISHED
        article.published_at = article.published_at or timezone.now()
        await article.asave()
        await AuditEntry.objects.acreate(slug=slug, action="published")
    return JsonResponse({"slug": slug, "published_at": article.published_at})


@require_POST
async def publish(request: HttpRequest, slug: str) -> HttpResponse:
    return await (await sync_to_async(transaction.atomic(publish_and_record))(request, slug))
