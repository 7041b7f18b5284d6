"""Takes the lead with `.afirst()` from a relation that was prefetched."""

from django.http import JsonResponse

from katas.newsroom.models import Article


async def as_json(article):
    names = sorted(tag.name for tag in article.tags.all() if not tag.name.startswith("desk-"))
    shown = article.tags.exclude(name__startswith="desk-").order_by("name")
    lead = await shown.afirst()
    return {
        "slug": article.slug,
        "title": article.title,
        "author": article.author.name if article.author else None,
        "lead": lead.name if lead else None,
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
