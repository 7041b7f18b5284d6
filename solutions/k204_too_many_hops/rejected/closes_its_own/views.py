"""Goes to another thread than the request's, and closes the connection that it opened there."""

import asyncio

from django.db import connection
from django.db.models import Count
from django.http import JsonResponse

from katas.newsroom.models import Article, Author, Tag

PUBLISHED = Article.Status.PUBLISHED


def read_figures():
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


def read_and_close():
    try:
        return read_figures()
    finally:
        connection.close()


async def dashboard(request):
    return JsonResponse(await asyncio.to_thread(read_and_close))
