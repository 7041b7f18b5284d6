"""Stories under embargo."""

from asgiref.sync import async_to_sync, sync_to_async
from django.db import connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404

from katas.k604_release_the_connection.embargo import Embargo
from katas.newsroom.models import Article


@sync_to_async
def answer(slug: str, embargo: Embargo) -> JsonResponse:
    """Look, let go, wait and look again, all of it in the request's thread."""
    get_object_or_404(Article, slug=slug)
    connections.close_all()
    async_to_sync(embargo.lifted)(slug)
    article = get_object_or_404(Article, slug=slug)
    return JsonResponse({"slug": article.slug, "title": article.title, "body": article.body})


async def story(request: HttpRequest, slug: str, embargo: Embargo) -> HttpResponse:
    """Answer with the story called *slug*, when its embargo has ended."""
    return await answer(slug, embargo)
