"""Saves two queries by counting in one, and spends them on the authors of the latest articles."""

from asgiref.sync import sync_to_async
from django.db.models import Count, Q
from django.http import JsonResponse

from katas.newsroom.models import Article, Author, Tag

PUBLISHED = Article.Status.PUBLISHED


def read_figures():
    articles = Article.objects.filter(status=PUBLISHED)
    latest = articles.order_by("-published_at", "slug")
    busiest = (
        Author.objects.filter(articles__status=PUBLISHED)
        .annotate(published=Count("articles"))
        .order_by("-published", "name")
    )
    counts = Article.objects.aggregate(
        published=Count("pk", filter=Q(status=PUBLISHED)),
        drafts=Count("pk", filter=Q(status=Article.Status.DRAFT)),
        unsigned=Count("pk", filter=Q(status=PUBLISHED, author=None)),
    )
    return {
        **counts,
        "tags": Tag.objects.filter(articles__status=PUBLISHED).distinct().count(),
        "latest": [
            {"title": article.title, "author": article.author.name if article.author else None}
            for article in latest[:3]
        ],
        "busiest": list(busiest.values("name", "published")[:3]),
    }


async def dashboard(request):
    return JsonResponse(await sync_to_async(read_figures)())
