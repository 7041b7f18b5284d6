"""Two islands side by side, which run one after the other all the same."""

import asyncio

from asgiref.sync import sync_to_async
from django.db.models import Count
from django.http import JsonResponse

from katas.newsroom.models import Article, Author, Tag

PUBLISHED = Article.Status.PUBLISHED


def read_lists():
    articles = Article.objects.filter(status=PUBLISHED).order_by("-published_at", "slug")
    busiest = Author.objects.filter(articles__status=PUBLISHED)
    busiest = busiest.annotate(published=Count("articles")).order_by("-published", "name")
    return {
        "latest": [
            {"title": title, "author": name}
            for title, name in articles.values_list("title", "author__name")[:3]
        ],
        "busiest": list(busiest.values("name", "published")[:3]),
    }


def read_counts():
    articles = Article.objects.filter(status=PUBLISHED)
    return {
        "published": articles.count(),
        "drafts": Article.objects.filter(status=Article.Status.DRAFT).count(),
        "unsigned": articles.filter(author=None).count(),
        "tags": Tag.objects.filter(articles__status=PUBLISHED).distinct().count(),
    }


async def dashboard(request):
    counts, lists = await asyncio.gather(sync_to_async(read_counts)(), sync_to_async(read_lists)())
    return JsonResponse(counts | lists)
