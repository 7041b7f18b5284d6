"""A transaction around the async code: the way there and back, for every query."""

from asgiref.sync import async_to_sync, sync_to_async
from django.db import transaction
from django.db.models import Count
from django.http import JsonResponse

from katas.newsroom.models import Article, Author, Tag

PUBLISHED = Article.Status.PUBLISHED


async def read_figures():
    articles = Article.objects.filter(status=PUBLISHED)
    latest = articles.select_related("author").order_by("-published_at", "slug")
    busiest = (
        Author.objects.filter(articles__status=PUBLISHED)
        .annotate(published=Count("articles"))
        .order_by("-published", "name")
    )
    return {
        "published": await articles.acount(),
        "drafts": await Article.objects.filter(status=Article.Status.DRAFT).acount(),
        "unsigned": await articles.filter(author=None).acount(),
        "tags": await Tag.objects.filter(articles__status=PUBLISHED).distinct().acount(),
        "latest": [
            {"title": article.title, "author": article.author.name if article.author else None}
            async for article in latest[:3]
        ],
        "busiest": [row async for row in busiest.values("name", "published")[:3]],
    }


async def dashboard(request):
    in_one_transaction = transaction.atomic(async_to_sync(read_figures))
    return JsonResponse(await sync_to_async(in_one_transaction)())
