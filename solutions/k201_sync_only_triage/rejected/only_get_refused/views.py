"""Refuses GET alone: PUT, DELETE and even HEAD publish."""

from asgiref.sync import sync_to_async
from django.http import HttpResponseNotAllowed, JsonResponse
from django.shortcuts import aget_object_or_404, render
from django.utils import timezone

from katas.k201_sync_only_triage.wire import announce
from katas.newsroom.models import Article


async def reproduce():
    Article.objects.count()


async def desk(request):
    articles = Article.objects.order_by("-published_at")
    published = articles.filter(status=Article.Status.PUBLISHED)
    waiting = articles.filter(status=Article.Status.DRAFT)
    latest = await published.select_related("author").prefetch_related("tags").afirst()
    return JsonResponse(
        {
            "published": await published.acount(),
            "drafts_waiting": await waiting.aexists(),
            "latest": describe(latest) if latest else None,
        }
    )


def describe(article):
    return {
        "title": article.title,
        "author": article.author.name if article.author else None,
        "tags": sorted(tag.name for tag in article.tags.all()),
    }


async def drafts(request):
    found = Article.objects.filter(status=Article.Status.DRAFT).order_by("created_at", "pk")
    context = {"drafts": [draft async for draft in found.select_related("author")]}
    return render(request, "k201_sync_only_triage/drafts.html", context)


async def publish(request, slug):
    if request.method == "GET":
        return HttpResponseNotAllowed(["POST"])
    article = await aget_object_or_404(Article, slug=slug)
    article.status = Article.Status.PUBLISHED
    article.published_at = timezone.now()
    await article.asave()
    await sync_to_async(announce)(slug)
    return JsonResponse({"published": slug})
