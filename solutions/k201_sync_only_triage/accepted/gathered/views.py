"""The queries of the desk asked for together (one thread runs them in turn); aggregates; values."""

import asyncio
from functools import partial

from asgiref.sync import sync_to_async
from django.db import transaction
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from katas.k201_sync_only_triage.wire import announce
from katas.newsroom.models import Article, Author


async def reproduce():
    article = await Article.objects.acreate(
        title="-", slug="-", author=await Author.objects.acreate(name="-")
    )
    await article.arefresh_from_db()
    assert article.author


async def desk(request):
    articles = Article.objects.order_by("-published_at")
    published = articles.filter(status=Article.Status.PUBLISHED)
    waiting = articles.filter(status=Article.Status.DRAFT)
    count, drafts_waiting, latest = await asyncio.gather(
        published.acount(), waiting.aexists(), published.select_related("author").afirst()
    )
    return JsonResponse(
        {
            "published": count,
            "drafts_waiting": drafts_waiting,
            "latest": await describe(latest) if latest else None,
        }
    )


async def describe(article):
    return {
        "title": article.title,
        "author": article.author.name if article.author else None,
        "tags": [
            name async for name in article.tags.order_by("name").values_list("name", flat=True)
        ],
    }


async def drafts(request):
    found = Article.objects.filter(status=Article.Status.DRAFT).order_by("created_at", "pk")
    context = {"drafts": [draft async for draft in found.select_related("author")]}
    return render(request, "k201_sync_only_triage/drafts.html", context)


@require_POST
async def publish(request, slug):
    changed = await Article.objects.filter(slug=slug).aupdate(
        status=Article.Status.PUBLISHED, published_at=timezone.now()
    )
    if not changed:
        raise Http404
    await sync_to_async(transaction.on_commit)(partial(announce, slug))
    return JsonResponse({"published": slug})
