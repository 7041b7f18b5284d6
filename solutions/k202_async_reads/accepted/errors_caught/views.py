"""`aget` and `alatest`, with an `except` for each; whole articles; a page that looks ahead."""

from django.db.models import Count
from django.http import Http404, JsonResponse

from katas.newsroom.models import Article

FEED_SIZE = 10
PAGE_SIZE = 5


def newest_first():
    return Article.objects.published().order_by("-published_at", "slug")


async def slugs(request):
    found = []
    async for each in newest_first()[:FEED_SIZE]:
        found.append(each.slug)
    return JsonResponse({"slugs": found})


async def latest(request):
    try:
        newest = await Article.objects.published().order_by("slug").alatest("published_at", "-slug")
    except Article.DoesNotExist:
        return JsonResponse({"latest": None})
    return JsonResponse({"latest": {"slug": newest.slug, "title": newest.title}})


async def article(request, slug):
    try:
        found = await newest_first().values("slug", "title", "body").aget(slug=slug)
    except Article.DoesNotExist:
        raise Http404 from None
    return JsonResponse(found)


async def archive(request):
    count = (await newest_first().aaggregate(count=Count("pk")))["count"]
    pages = (count + PAGE_SIZE - 1) // PAGE_SIZE or 1
    page = chosen_page(request.GET.get("page", ""), pages)
    start = (page - 1) * PAGE_SIZE
    rows = [each.slug async for each in newest_first()[start : start + PAGE_SIZE + 1].aiterator()]
    return JsonResponse({"page": page, "pages": pages, "slugs": rows[:PAGE_SIZE]})


def chosen_page(wish, pages):
    try:
        page = int(wish)
    except ValueError:
        return 1
    return page if 1 <= page <= pages else pages
