"""Gathers the six queries: all are asked for at once, and they run one after the other."""

import asyncio

from django.db.models import Count
from django.http import JsonResponse

from katas.newsroom.models import Article, Author, Tag

PUBLISHED = Article.Status.PUBLISHED


async def dashboard(request):
    articles = Article.objects.filter(status=PUBLISHED)
    latest = articles.select_related("author").order_by("-published_at", "slug")
    busiest = (
        Author.objects.filter(articles__status=PUBLISHED)
        .annotate(published=Count("articles"))
        .order_by("-published", "name")
    )

    async def rows(queryset):
        return [row async for row in queryset]

    published, drafts, unsigned, tags, newest, first = await asyncio.gather(
        articles.acount(),
        Article.objects.filter(status=Article.Status.DRAFT).acount(),
        articles.filter(author=None).acount(),
        Tag.objects.filter(articles__status=PUBLISHED).distinct().acount(),
        rows(latest[:3]),
        rows(busiest.values("name", "published")[:3]),
    )
    return JsonResponse(
        {
            "published": published,
            "drafts": drafts,
            "unsigned": unsigned,
            "tags": tags,
            "latest": [
                {"title": story.title, "author": story.author.name if story.author else None}
                for story in newest
            ],
            "busiest": first,
        }
    )
