"""Each statement is right, and each is a transaction of its own."""

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
    first = await drafts.aupdate(
        status=Article.Status.PUBLISHED, published_at=Coalesce("published_at", timezone.now())
    )
    if first:
        await AuditEntry.objects.acreate(slug=slug, action="published")
    article = await aget_object_or_404(Article, slug=slug)
    return JsonResponse({"slug": slug, "published_at": article.published_at})
