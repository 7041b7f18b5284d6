"""Stories under embargo."""

import asyncio

from asgiref.sync import sync_to_async
from django.db import connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import aget_object_or_404

from katas.k604_release_the_connection.embargo import Embargo
from katas.newsroom.models import Article


@sync_to_async
def let_go() -> None:
    """Close the connections of the request's thread; its next query opens a new one."""
    connections.close_all()


async def story(request: HttpRequest, slug: str, embargo: Embargo) -> HttpResponse:
    """Answer with the story called *slug*, when its embargo has ended."""
    lifted = asyncio.ensure_future(embargo.lifted(slug))
    try:
        await aget_object_or_404(Article, slug=slug)
        await let_go()
        await lifted
    finally:
        lifted.cancel()
    article = await aget_object_or_404(Article, slug=slug)
    return JsonResponse({"slug": article.slug, "title": article.title, "body": article.body})
