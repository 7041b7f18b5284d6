"""Slices first, and drops the drafts afterwards, in Python."""

from django.http import JsonResponse
from django.shortcuts import aget_object_or_404

from katas.newsroom.models import Article

FEED_SIZE = 10
PAGE_SIZE = 5


def newest_first():
    return Article.objects.order_by("-published_at", "slug")


async def published(articles):
    return [each.slug async for each in articles if each.status == Article.Status.PUBLISHED]


async def slugs(request):
    return JsonResponse({"slugs": await published(newest_first()[:FEED_SIZE])})


async def latest(request):
    newest = newest_first().published().values("slug", "title")
    return JsonResponse({"latest": await newest.afirst()})


async def article(request, slug):
    found = await aget_object_or_404(Article.objects.published(), slug=slug)
    return JsonResponse({"slug": found.slug, "title": found.title, "body": found.body})


async def archive(request):
    pages = max(1, -(-await Article.objects.published().acount() // PAGE_SIZE))
    page = chosen_page(request.GET.get("page", ""), pages)
    rows = newest_first()[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return JsonResponse({"page": page, "pages": pages, "slugs": await published(rows)})


def chosen_page(wish, pages):
    try:
        page = int(wish)
    except ValueError:
        return 1
    return page if 1 <= page <= pages else pages
