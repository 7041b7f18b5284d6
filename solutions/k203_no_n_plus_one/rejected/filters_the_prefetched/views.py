"""Prefetches the tags and then filters and sorts them in the database, for each row."""

from django.http import JsonResponse

from katas.newsroom.models import Article


async def as_json(article):
    tags = article.tags.exclude(name__startswith="desk-").order_by("name")
    names = [tag.name async for tag in tags]
    return {
        "slug": article.slug,
        "title": article.title,
        "author": article.author.name if article.author else None,
        "lead": names[0] if names else None,
        "tags": names,
    }


async def index(request):
    articles = (
        Article.objects.published()
        .select_related("author")
        .prefetch_related("tags")
        .order_by("slug")
    )
    return JsonResponse({"articles": [await as_json(article) async for article in articles]})
