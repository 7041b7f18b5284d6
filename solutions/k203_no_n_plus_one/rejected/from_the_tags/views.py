"""Goes through the pairs of article and tag: articles without a shown tag drop out."""

from django.http import JsonResponse

from katas.newsroom.models import Article


async def index(request):
    pairs = Article.tags.through.objects.filter(article__status=Article.Status.PUBLISHED)
    pairs = pairs.exclude(tag__name__startswith="desk-").order_by("article__slug", "tag__name")
    articles = {}
    async for pair in pairs.select_related("article__author", "tag"):
        story = pair.article
        listed = articles.setdefault(
            story.slug,
            {
                "slug": story.slug,
                "title": story.title,
                "author": story.author.name if story.author else None,
                "lead": pair.tag.name,
                "tags": [],
            },
        )
        listed["tags"].append(pair.tag.name)
    return JsonResponse({"articles": list(articles.values())})
