"""Takes the first write back when the second one fails."""

from django.db import DatabaseError
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import aget_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from katas.k401_publish_island.models import AuditEntry
from katas.newsroom.models import Article


@require_POST
async def publish(request: HttpRequest, slug: str) -> HttpResponse:
    drafts = Article.objects.filter(slug=slug, status=Article.Status.DRAFT)
    before = await aget_object_or_404(Article, slug=slug)
    first = await drafts.aupdate(
        status=Article.Status.PUBLISHED, published_at=Coalesce("published_at", timezone.now())
    )
    if first:
        try:
            await AuditEntry.objects.acreate(slug=slug, action="published")
        except DatabaseError:
            await Article.objects.filter(slug=slug).aupdate(
                status=Article.Status.DRAFT, published_at=before.published_at
            )
            raise
    article = await Article.objects.aget(slug=slug)
    return JsonResponse({"slug": slug, "published_at": article.published_at})
