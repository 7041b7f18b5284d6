"""Moves the old code into a thread: the error is gone, the N+1 is not."""

from asgiref.sync import sync_to_async
from django.http import JsonResponse

from katas.newsroom.models import Article


def as_json(article):
    names = sorted(tag.name for tag in article.tags.all() if not tag.name.startswith("desk-"))
    return {
        "slug": article.slug,
        "title": article.title,
        "author": article.author.name if article.author else None,
        "lead": names[0] if names else None,
        "tags": names,
    }


@sync_to_async
def read_index():
    articles = Article.objects.published().order_by("slug")
    return [as_json(article) for article in articles]


async def index(request):
    return JsonResponse({"articles": await read_index()})
