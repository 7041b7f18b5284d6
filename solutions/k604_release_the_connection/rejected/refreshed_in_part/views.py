"""Stories under embargo, whose titles are as old as the embargo."""

from asgiref.sync import sync_to_async
from django.db import connections
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import aget_object_or_404

from katas.k604_release_the_connection.embargo import Embargo
from katas.newsroom.models import Article


@sync_to_async
def let_go() -> None:
    """Close the connections of the request's thread; its next query opens a new one."""
    connections.close_all()


async def story(request: HttpRequest, slug: str, embargo: Embargo) -> HttpResponse:
    """Answer with the story called *slug*, when its embargo has ended."""
    article = await aget_object_or_404(Article, slug=slug)
    await let_go()
    await embargo.lifted(slug)
    try:
        await article.arefresh_from_db(fields=["body"])
    except Article.DoesNotExist:
        raise Http404(slug) from None
    return JsonResponse({"slug": article.slug, "title": article.title, "body": article.body})
