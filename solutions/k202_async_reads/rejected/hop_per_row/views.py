"""Goes to a thread for every row that has been fetched already."""

from operator import attrgetter

from asgiref.sync import sync_to_async
from django.http import JsonResponse
from django.shortcuts import aget_object_or_404

from katas.newsroom.models import Article

FEED_SIZE = 10
PAGE_SIZE = 5


def newest_first():
    return Article.objects.published().order_by("-published_at", "slug")


async def slugs(request):
    newest = newest_first()[:FEED_SIZE]
    slug_of = sync_to_async(attrgetter("slug"))
    return JsonResponse({"slugs": [await slug_of(each) async for each in newest]})


async def latest(request):
    return JsonResponse({"latest": await newest_first().values("slug", "title").afirst()})


async def article(request, slug):
    found = await aget_object_or_404(Article.objects.published(), slug=slug)
    return JsonResponse({"slug": found.slug, "title": found.title, "body": found.body})


async def archive(request):
    articles = newest_first()
    pages = max(1, -(-await articles.acount() // PAGE_SIZE))
    page = chosen_page(request.GET.get("page", ""), pages)
    slug_of = sync_to_async(attrgetter("slug"))
    rows = articles[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return JsonResponse(
        {"page": page, "pages": pages, "slugs": [await slug_of(each) async for each in rows]}
    )


def chosen_page(wish, pages):
    try:
        page = int(wish)
    except ValueError:
        return 1
    return page if 1 <= page <= pages else pages
