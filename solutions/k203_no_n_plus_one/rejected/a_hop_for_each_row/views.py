"""Takes the lead with `.afirst()` from an ordered prefetch: no query, and a hop for each row."""

from django.db.models import Prefetch
from django.http import JsonResponse

from katas.newsroom.models import Article, Tag


async def as_json(article):
    lead = await article.tags.all().afirst()
    return {
        "slug": article.slug,
        "title": article.title,
        "author": article.author.name if article.author else None,
        "lead": lead.name if lead else None,
        "tags": [tag.name for tag in article.tags.all()],
    }


async def index(request):
    tags = Tag.objects.exclude(name__startswith="desk-").order_by("name")
    articles = Article.objects.published().select_related("author").order_by("slug")
    articles = articles.prefetch_related(Prefetch("tags", tags))
    return JsonResponse({"articles": [await as_json(article) async for article in articles]})
