"""Stories under embargo."""

import asyncio

from asgiref.sync import sync_to_async
from django.db import connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import aget_object_or_404

from katas.k604_release_the_connection.embargo import Embargo
from katas.newsroom.models import Article


waits: dict[str, asyncio.Future[None]] = {}


@sync_to_async
def let_go() -> None:
    """Close the connections of the request's thread; its next query opens a new one."""
    connections.close_all()


async def story(request: HttpRequest, slug: str, embargo: Embargo) -> HttpResponse:
    """Answer with the story called *slug*, when its embargo has ended."""
    await aget_object_or_404(Article, slug=slug)
    await let_go()
    if slug in waits:
        await asyncio.shield(waits[slug])
    else:
        wait = waits[slug] = asyncio.get_running_loop().create_future()
        try:
            await embargo.lifted(slug)
            wait.set_result(None)
        finally:
            wait.cancel()
            del waits[slug]
    article = await aget_object_or_404(Article, slug=slug)
    return JsonResponse({"slug": article.slug, "title": article.title, "body": article.body})
