"""Orders articles of one moment by title."""

from django.http import JsonResponse
from django.shortcuts import aget_object_or_404

from katas.newsroom.models import Article

FEED_SIZE = 10
PAGE_SIZE = 5


def newest_first():
    return Article.objects.published().order_by("-published_at", "title")


async def slugs(request):
    newest = newest_first().values_list("slug", flat=True)[:FEED_SIZE]
    return JsonResponse({"slugs": [slug async for slug in newest]})


async def latest(request):
    return JsonResponse({"latest": await newest_first().values("slug", "title").afirst()})


async def article(request, slug):
    found = await aget_object_or_404(Article.objects.published(), slug=slug)
    return JsonResponse({"slug": found.slug, "title": found.title, "body": found.body})


async def archive(request):
    articles = newest_first().values_list("slug", flat=True)
    pages = max(1, -(-await articles.acount() // PAGE_SIZE))
    page = chosen_page(request.GET.get("page", ""), pages)
    rows = articles[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return JsonResponse({"page": page, "pages": pages, "slugs": [slug async for slug in rows]})


def chosen_page(wish, pages):
    try:
        page = int(wish)
    except ValueError:
        return 1
    return page if 1 <= page <= pages else pages
