"""Stories under embargo."""

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import aget_object_or_404, get_object_or_404

from katas.k604_release_the_connection.embargo import Embargo
from katas.newsroom.models import Article


def look(slug: str) -> None:
    """Look whether there is such a story, and close the connection of this thread."""
    try:
        get_object_or_404(Article, slug=slug)
    finally:
        connection.close()


async def story(request: HttpRequest, slug: str, embargo: Embargo) -> HttpResponse:
    """Answer with the story called *slug*, when its embargo has ended."""
    await sync_to_async(look)(slug)
    await embargo.lifted(slug)
    article = await aget_object_or_404(Article, slug=slug)
    return JsonResponse({"slug": article.slug, "title": article.title, "body": article.body})
