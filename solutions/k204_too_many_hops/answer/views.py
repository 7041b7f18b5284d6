"""The editor's dashboard."""

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse

from katas.newsroom.models import Article, Author, Tag

PUBLISHED = Article.Status.PUBLISHED


def read_figures() -> dict[str, Any]:
    """Ask the database for the figures of the day; plain data, ready to be sent."""
    articles = Article.objects.filter(status=PUBLISHED)
    latest = articles.select_related("author").order_by("-published_at", "slug")
    busiest = (
        Author.objects.filter(articles__status=PUBLISHED)
        .annotate(published=Count("articles"))
        .order_by("-published", "name")
    )
    return {
        "published": articles.count(),
        "drafts": Article.objects.filter(status=Article.Status.DRAFT).count(),
        "unsigned": articles.filter(author=None).count(),
        "tags": Tag.objects.filter(articles__status=PUBLISHED).distinct().count(),
        "latest": [
            {"title": article.title, "author": article.author.name if article.author else None}
            for article in latest[:3]
        ],
        "busiest": list(busiest.values("name", "published")[:3]),
    }


def dashboard(request: HttpRequest) -> HttpResponse:
    """Answer with the figures of the day.

    A sync view, because it waits for nothing but the database: Django runs it, all of it, on the
    thread that the request's queries need anyway. One hop under ASGI, none under WSGI.
    """
    return JsonResponse(read_figures())
