"""Goes to a thread for every draft and every tag."""

from functools import partial

from asgiref.sync import sync_to_async
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import aget_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from katas.k201_sync_only_triage.wire import announce
from katas.newsroom.models import Article


async def reproduce():
    Article.objects.count()


async def desk(request):
    articles = Article.objects.order_by("-published_at")
    published = articles.filter(status=Article.Status.PUBLISHED)
    waiting = articles.filter(status=Article.Status.DRAFT)
    latest = await published.afirst()
    return JsonResponse(
        {
            "published": await published.acount(),
            "drafts_waiting": await waiting.aexists(),
            "latest": await describe(latest) if latest else None,
        }
    )


async def describe(article):
    author = await sync_to_async(lambda: article.author)()
    count = await article.tags.acount()
    tags = article.tags.order_by("name")
    names = [(await tags[n : n + 1].afirst()).name for n in range(count)]
    return {
        "title": article.title,
        "author": author.name if author else None,
        "tags": names,
    }


async def drafts(request):
    found = Article.objects.filter(status=Article.Status.DRAFT).order_by("created_at", "pk")
    context = {"drafts": []}
    async for draft in found:
        draft.author = await sync_to_async(lambda draft=draft: draft.author)()
        context["drafts"].append(draft)
    return render(request, "k201_sync_only_triage/drafts.html", context)


@require_POST
async def publish(request, slug):
    article = await aget_object_or_404(Article, slug=slug)
    article.status = Article.Status.PUBLISHED
    article.published_at = timezone.now()
    await article.asave()
    await sync_to_async(transaction.on_commit)(partial(announce, slug))
    return JsonResponse({"published": slug})
