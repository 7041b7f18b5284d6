"""No SELECT FOR UPDATE: the UPDATE takes the lock, and says whether it was the first."""

from datetime import datetime

from asgiref.sync import sync_to_async
from django.db import transaction
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
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
    drafts = Article.objects.filter(slug=slug, status=Article.Status.DRAFT)
    if drafts.update(
        status=Article.Status.PUBLISHED, published_at=Coalesce("published_at", timezone.now())
    ):
        AuditEntry.objects.create(slug=slug, action=AuditEntry.Action.PUBLISHED)
    return get_object_or_404(Article, slug=slug).published_at
