"""The editor's desk. Edit this file; the brief is in README.md."""

from functools import partial

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import aget_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from katas.k201_sync_only_triage.wire import announce
from katas.newsroom.models import Article


async def reproduce() -> None:
    """Call the ORM on the event loop's thread, as `desk` does, and let Django's error out.

    TODO (task 1).
    """
    raise NotImplementedError("task 1: reproduce it")


async def desk(request: HttpRequest) -> HttpResponse:
    """Answer with what is published, whether drafts wait, and the latest article.

    TODO (task 2): three lines here, two in `describe`.
    """
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


def describe(article: Article) -> dict[str, object]:
    """Return what the desk shows of an article: title, author's name or None, sorted tags."""
    return {
        "title": article.title,
        "author": article.author.name if article.author else None,
        "tags": [tag.name for tag in article.tags.order_by("name")],
    }


async def drafts(request: HttpRequest) -> HttpResponse:
    """Answer with a page of all drafts and their authors, the oldest draft first.

    TODO (task 3).
    """
    found = Article.objects.filter(status=Article.Status.DRAFT).order_by("created_at", "pk")
    return render(request, "k201_sync_only_triage/drafts.html", {"drafts": found})


@require_POST
async def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish an article, and announce it once that is committed.

    TODO (task 4).
    """
    article = await aget_object_or_404(Article, slug=slug)
    article.status = Article.Status.PUBLISHED
    article.published_at = timezone.now()
    await article.asave()
    transaction.on_commit(partial(announce, slug))
    return JsonResponse({"published": slug})
