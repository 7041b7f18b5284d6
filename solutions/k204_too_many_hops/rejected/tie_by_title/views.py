"""Orders articles of one time by their titles."""

from asgiref.sync import sync_to_async
from django.db.models import Count
from django.http import JsonResponse

from katas.newsroom.models import Article, Author, Tag

PUBLISHED = Article.Status.PUBLISHED


def read_figures():
    articles = Article.objects.filter(status=PUBLISHED)
    latest = articles.select_related("author").order_by("-published_at", "title")
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


async def dashboard(request):
    return JsonResponse(await sync_to_async(read_figures)())
