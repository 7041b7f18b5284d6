"""Takes the article that was begun last for the latest."""

from functools import partial

from asgiref.sync import sync_to_async
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import aget_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from katas.k201_sync_only_triage.wire import announce
from katas.newsroom.models import Article


async def reproduce() -> None:
    """Call the ORM on the event loop's thread, as `desk` does, and let Django's error out."""
    Article.objects.count()


async def desk(request: HttpRequest) -> HttpResponse:
    """Answer with what is published, whether drafts wait, and the latest article."""
    articles = Article.objects.order_by("-created_at")
    published = articles.filter(status=Article.Status.PUBLISHED)
    waiting = articles.filter(status=Article.Status.DRAFT)
    # All that `describe` shows comes along, so that it sends no query of its own.
    latest = await published.select_related("author").prefetch_related("tags").afirst()
    return JsonResponse(
        {
            "published": await published.acount(),
            "drafts_waiting": await waiting.aexists(),
            "latest": describe(latest) if latest else None,
        }
    )


def describe(article: Article) -> dict[str, object]:
    """Return what the desk shows of an article that came with its author and tags."""
    return {
        "title": article.title,
        "author": article.author.name if article.author else None,
        "tags": sorted(tag.name for tag in article.tags.all()),
    }


async def drafts(request: HttpRequest) -> HttpResponse:
    """Answer with a page of all drafts and their authors, the oldest draft first."""
    found = Article.objects.filter(status=Article.Status.DRAFT).order_by("created_at", "pk")
    context = {"drafts": [draft async for draft in found.select_related("author")]}
    return render(request, "k201_sync_only_triage/drafts.html", context)


@require_POST
async def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish an article, and announce it once that is committed."""
    article = await aget_object_or_404(Article, slug=slug)
    article.status = Article.Status.PUBLISHED
    article.published_at = timezone.now()
    await article.asave()
    # `announce` reads the database too, and runs where it is registered: in the thread of the ORM.
    await sync_to_async(transaction.on_commit)(partial(announce, slug))
    return JsonResponse({"published": slug})
