"""Keeps the busiest for as long as the count and the newest article stay the same."""

from django.db.models import Count
from django.http import JsonResponse

from katas.newsroom.models import Article, Author, Tag

PUBLISHED = Article.Status.PUBLISHED

kept = {}


def read_figures():
    articles = Article.objects.filter(status=PUBLISHED)
    latest = list(articles.select_related("author").order_by("-published_at", "slug")[:3])
    published = articles.count()
    key = published, latest[0].pk if latest else None
    if key not in kept:
        kept.clear()
        kept[key] = read_busiest()
    return {
        "published": published,
        "drafts": Article.objects.filter(status=Article.Status.DRAFT).count(),
        "unsigned": articles.filter(author=None).count(),
        "tags": Tag.objects.filter(articles__status=PUBLISHED).distinct().count(),
        "latest": [
            {"title": article.title, "author": article.author.name if article.author else None}
            for article in latest
        ],
        "busiest": kept[key],
    }


def read_busiest():
    busiest = (
        Author.objects.filter(articles__status=PUBLISHED)
        .annotate(published=Count("articles"))
        .order_by("-published", "name")
    )
    return list(busiest.values("name", "published")[:3])


def dashboard(request):
    return JsonResponse(read_figures())
