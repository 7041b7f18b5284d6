"""A context of its own, which inside of a request is none."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import aget_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from katas.k401_publish_island.models import AuditEntry
from katas.newsroom.models import Article


@asynccontextmanager
async def aatomic() -> AsyncIterator[None]:
    block = transaction.atomic()
    await sync_to_async(block.__enter__)()
    try:
        yield
    except BaseException as error:
        await sync_to_async(block.__exit__)(type(error), error, error.__traceback__)
        raise
    else:
        await sync_to_async(block.__exit__)(None, None, None)


@require_POST
async def publish(request: HttpRequest, slug: str) -> HttpResponse:
    async with ThreadSensitiveContext(), aatomic():
        article = await aget_object_or_404(Article.objects.select_for_update(), slug=slug)
        if article.status != Article.Status.PUBLISHED:
            article.status = Article.Status.PUBLISHED
            article.published_at = article.published_at or timezone.now()
            await article.asave()
            await AuditEntry.objects.acreate(slug=slug, action="published")
    return JsonResponse({"slug": slug, "published_at": article.published_at})
