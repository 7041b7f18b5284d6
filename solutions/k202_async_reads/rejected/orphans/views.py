"""Lets a last page of one article stand on the page before."""

from asgiref.sync import sync_to_async
from django.core.paginator import Paginator
from django.http import JsonResponse
from django.shortcuts import aget_object_or_404

from katas.newsroom.models import Article

FEED_SIZE = 10
PAGE_SIZE = 5


def newest_first():
    return Article.objects.published().order_by("-published_at", "slug")


async def slugs(request):
    newest = newest_first().values_list("slug", flat=True)[:FEED_SIZE]
    return JsonResponse({"slugs": [slug async for slug in newest]})


async def latest(request):
    return JsonResponse({"latest": await newest_first().values("slug", "title").afirst()})


async def article(request, slug):
    found = await aget_object_or_404(Article.objects.published(), slug=slug)
    return JsonResponse({"slug": found.slug, "title": found.title, "body": found.body})


async def archive(request):
    return JsonResponse(await page_of_slugs(request.GET.get("page")))


@sync_to_async
def page_of_slugs(wish):
    articles = newest_first().values_list("slug", flat=True)
    page = Paginator(articles, PAGE_SIZE, orphans=1).get_page(wish)
    return {"page": page.number, "pages": page.paginator.num_pages, "slugs": list(page)}
