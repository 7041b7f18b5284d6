"""The publish button. Edit this file; the brief is in README.md."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import aget_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from katas.k401_publish_island.models import AuditEntry
from katas.newsroom.models import Article


@require_POST
async def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish an article and record it; answer with the time of its first publication.

    Right as long as nothing fails and nobody else is there. TODO (tasks 2 to 5): make it right
    when a write fails, when two publish at once, and when the request is cancelled.
    """
    article = await aget_object_or_404(Article, slug=slug)
    if article.status != Article.Status.PUBLISHED:
        article.status = Article.Status.PUBLISHED
        if article.published_at is None:
            article.published_at = timezone.now()
        await article.asave()
        await AuditEntry.objects.acreate(slug=slug, action=AuditEntry.Action.PUBLISHED)
    return JsonResponse({"slug": article.slug, "published_at": article.published_at})
