"""The smallest change at each of the seven: its async method, or a hop for this line alone."""

from asgiref.sync import sync_to_async
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import aget_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from katas.k201_sync_only_triage.wire import announce
from katas.newsroom.models import Article


async def reproduce():
    if Article.objects.published():
        pass


async def desk(request):
    articles = Article.objects.order_by("-published_at")
    published = articles.filter(status=Article.Status.PUBLISHED)
    waiting = articles.filter(status=Article.Status.DRAFT)
    count = await published.acount()
    latest = await sync_to_async(lambda: published[0])() if count else None
    return JsonResponse(
        {
            "published": count,
            "drafts_waiting": await sync_to_async(bool)(waiting),
            "latest": await describe(latest) if latest else None,
        }
    )


async def describe(article):
    author = await sync_to_async(lambda: article.author)()
    return {
        "title": article.title,
        "author": author.name if author else None,
        "tags": [tag.name async for tag in article.tags.order_by("name")],
    }


async def drafts(request):
    drafts = Article.objects.filter(status=Article.Status.DRAFT).select_related("author")
    found = drafts.order_by("created_at", "pk")
    return await sync_to_async(render)(
        request, "k201_sync_only_triage/drafts.html", {"drafts": found}
    )


@require_POST
async def publish(request, slug):
    article = await aget_object_or_404(Article, slug=slug)
    article.status = Article.Status.PUBLISHED
    article.published_at = timezone.now()
    await article.asave()
    await sync_to_async(transaction.on_commit)(lambda: announce(slug))
    return JsonResponse({"published": slug})
