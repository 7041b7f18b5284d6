"""Records, and then looks whether there is an article."""

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


def publish_and_record(slug: str) -> datetime | None:
    with transaction.atomic():
        article = Article.objects.select_for_update().filter(slug=slug).first()
        if article is None or article.status != Article.Status.PUBLISHED:
            AuditEntry.objects.create(slug=slug, action="published")
        if article is not None and article.status != Article.Status.PUBLISHED:
            article.status = Article.Status.PUBLISHED
            article.published_at = article.published_at or timezone.now()
            article.save()
    if article is None:
        raise Http404(slug)
    return article.published_at
