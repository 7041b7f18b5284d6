"""Takes the first of all tags for the lead, and shows none if that is a desk's."""

from django.http import JsonResponse

from katas.newsroom.models import Article


def as_json(article):
    names = sorted(tag.name for tag in article.tags.all())
    lead = names[0] if names and not names[0].startswith("desk-") else None
    return {
        "slug": article.slug,
        "title": article.title,
        "author": article.author.name if article.author else None,
        "lead": lead,
        "tags": [name for name in names if not name.startswith("desk-")],
    }


async def index(request):
    articles = (
        Article.objects.published()
        .select_related("author")
        .prefetch_related("tags")
        .order_by("slug")
    )
    return JsonResponse({"articles": [as_json(article) async for article in articles]})
