"""The index of all published articles."""

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, JsonResponse

from katas.newsroom.models import Article, Tag

# What readers may see of an article's tags, already in order.
SHOWN_TAGS = Prefetch(
    "tags",
    queryset=Tag.objects.exclude(name__startswith="desk-").order_by("name"),
    to_attr="shown_tags",
)


def as_json(article: Article) -> dict[str, Any]:
    """Return what the app shows of *article*, which brings its author and `shown_tags`."""
    tags = [tag.name for tag in article.shown_tags]  # type: ignore[attr-defined]
    return {
        "slug": article.slug,
        "title": article.title,
        "author": article.author.name if article.author else None,
        "lead": tags[0] if tags else None,
        "tags": tags,
    }


async def index(request: HttpRequest) -> HttpResponse:
    """Answer with all published articles, in the order of their slugs."""
    articles = (
        Article.objects.published()
        .select_related("author")
        .prefetch_related(SHOWN_TAGS)
        .order_by("slug")
    )
    return JsonResponse({"articles": [as_json(article) async for article in articles]})
