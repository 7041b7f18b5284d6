"""Turns the missing author into text: the app shows articles by None."""

from django.db.models import aprefetch_related_objects
from django.http import JsonResponse

from katas.newsroom.models import Article


def as_json(article):
    names = sorted(tag.name for tag in article.tags.all() if not tag.name.startswith("desk-"))
    return {
        "slug": article.slug,
        "title": article.title,
        "author": str(article.author),
        "lead": next(iter(names), None),
        "tags": names,
    }


async def index(request):
    found = Article.objects.published().select_related("author").order_by("slug")
    articles = [article async for article in found]
    await aprefetch_related_objects(articles, "tags")
    return JsonResponse({"articles": [as_json(article) for article in articles]})
