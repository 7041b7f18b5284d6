"""What readers and feeds ask of the newsroom."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import aget_object_or_404

from katas.newsroom.models import Article

FEED_SIZE = 10
PAGE_SIZE = 5


def newest_first() -> QuerySet[Article]:
    """Return the published articles, the newest first, those of the same moment by slug."""
    return Article.objects.published().order_by("-published_at", "slug")


async def slugs(request: HttpRequest) -> HttpResponse:
    """Answer with the slugs of the `FEED_SIZE` newest articles."""
    newest = newest_first().values_list("slug", flat=True)[:FEED_SIZE]
    return JsonResponse({"slugs": [slug async for slug in newest]})


async def latest(request: HttpRequest) -> HttpResponse:
    """Answer with slug and title of the newest article, or with null."""
    return JsonResponse({"latest": await newest_first().values("slug", "title").afirst()})


async def article(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with slug, title and body of one article, or with 404."""
    found = await aget_object_or_404(Article.objects.published(), slug=slug)
    return JsonResponse({"slug": found.slug, "title": found.title, "body": found.body})


async def archive(request: HttpRequest) -> HttpResponse:
    """Answer with one page of slugs: `PAGE_SIZE` of them, chosen by ``?page=``."""
    articles = newest_first().values_list("slug", flat=True)
    pages = max(1, -(-await articles.acount() // PAGE_SIZE))
    page = chosen_page(request.GET.get("page", ""), pages)
    rows = articles[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return JsonResponse({"page": page, "pages": pages, "slugs": [slug async for slug in rows]})


def chosen_page(wish: str, pages: int) -> int:
    """Return the page that is asked for, as `Paginator.get_page` understands it."""
    try:
        page = int(wish)
    except ValueError:
        return 1
    return page if 1 <= page <= pages else pages
