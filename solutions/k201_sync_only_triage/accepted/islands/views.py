"""Sync views, each sent to a thread as a whole; publishing in a transaction."""

from functools import partial

from asgiref.sync import sync_to_async
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from katas.k201_sync_only_triage.wire import announce
from katas.newsroom.models import Article


async def reproduce():
    Article.objects.count()


@sync_to_async
def desk(request):
    articles = Article.objects.order_by("-published_at")
    published = articles.filter(status=Article.Status.PUBLISHED)
    waiting = articles.filter(status=Article.Status.DRAFT)
    count = published.count()
    latest = published[0] if count else None
    return JsonResponse(
        {
            "published": count,
            "drafts_waiting": bool(waiting),
            "latest": describe(latest) if latest else None,
        }
    )


def describe(article):
    return {
        "title": article.title,
        "author": article.author.name if article.author else None,
        "tags": [tag.name for tag in article.tags.order_by("name")],
    }


@sync_to_async
def drafts(request):
    drafts = Article.objects.filter(status=Article.Status.DRAFT).select_related("author")
    found = drafts.order_by("created_at", "pk")
    return render(request, "k201_sync_only_triage/drafts.html", {"drafts": found})


@sync_to_async
def save_and_announce(slug):
    with transaction.atomic():
        article = get_object_or_404(Article, slug=slug)
        article.status = Article.Status.PUBLISHED
        article.published_at = timezone.now()
        article.save()
        transaction.on_commit(partial(announce, slug))


@require_POST
async def publish(request, slug):
    await save_and_announce(slug)
    return JsonResponse({"published": slug})
