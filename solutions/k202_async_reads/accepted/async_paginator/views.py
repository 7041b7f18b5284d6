"""`AsyncPaginator` where Django has it (6.0), the sync one in a thread where not."""

import django
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
    slugs = newest_first().values_list("slug", flat=True)
    return JsonResponse(await apage(slugs, request.GET.get("page")))


if django.VERSION >= (6, 0):
    from django.core.paginator import AsyncPaginator

    async def apage(rows, wish):
        paginator = AsyncPaginator(rows, PAGE_SIZE)
        page = await paginator.aget_page(wish)
        return {
            "page": page.number,
            "pages": await paginator.anum_pages(),
            "slugs": [slug async for slug in page],
        }

else:

    @sync_to_async
    def apage(rows, wish):
        page = Paginator(rows, PAGE_SIZE).get_page(wish)
        return {"page": page.number, "pages": page.paginator.num_pages, "slugs": [*page]}
