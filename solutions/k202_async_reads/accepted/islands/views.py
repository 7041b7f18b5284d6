"""Sync functions, each sent to a thread as a whole."""

from asgiref.sync import sync_to_async
from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.http import JsonResponse
from django.shortcuts import get_object_or_404

from katas.newsroom.models import Article

FEED_SIZE = 10
PAGE_SIZE = 5


def newest_first():
    return Article.objects.published().order_by("-published_at", "slug")


@sync_to_async
def slugs(request):
    return JsonResponse({"slugs": [each.slug for each in newest_first()[:FEED_SIZE]]})


@sync_to_async
def latest(request):
    newest = newest_first().first()
    shown = newest and {"slug": newest.slug, "title": newest.title}
    return JsonResponse({"latest": shown})


@sync_to_async
def article(request, slug):
    found = get_object_or_404(newest_first(), slug=slug)
    return JsonResponse({"slug": found.slug, "title": found.title, "body": found.body})


@sync_to_async
def archive(request):
    paginator = Paginator(newest_first(), PAGE_SIZE)
    try:
        page = paginator.page(request.GET.get("page", 1))
    except PageNotAnInteger:
        page = paginator.page(1)
    except EmptyPage:
        page = paginator.page(paginator.num_pages)
    shown = [each.slug for each in page.object_list]
    return JsonResponse({"page": page.number, "pages": paginator.num_pages, "slugs": shown})
