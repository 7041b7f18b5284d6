"""A transaction by hand, that nobody ends when something fails."""

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
    await sync_to_async(transaction.set_autocommit)(False)
    article = await aget_object_or_404(Article.objects.select_for_update(), slug=slug)
    if article.status != Article.Status.PUBLISHED:
        article.status = Article.Status.PUBLISHED
        article.published_at = article.published_at or timezone.now()
        await article.asave()
        await AuditEntry.objects.acreate(slug=slug, action="published")
    await sync_to_async(transaction.commit)()
    await sync_to_async(transaction.set_autocommit)(True)
    return JsonResponse({"slug": slug, "published_at": article.published_at})
