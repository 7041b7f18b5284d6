"""Stories under embargo."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from asgiref.sync import sync_to_async
from django.db import connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import aget_object_or_404

from katas.k604_release_the_connection.embargo import Embargo
from katas.newsroom.models import Article


@asynccontextmanager
async def connected() -> AsyncIterator[None]:
    """Leave the request's thread without a connection at the end of the block."""
    try:
        yield
    finally:
        await sync_to_async(connections.close_all)()


async def story(request: HttpRequest, slug: str, embargo: Embargo) -> HttpResponse:
    """Answer with the story called *slug*, when its embargo has ended."""
    async with connected():
        await aget_object_or_404(Article, slug=slug)
    await embargo.lifted(slug)
    article = await aget_object_or_404(Article, slug=slug)
    return JsonResponse({"slug": article.slug, "title": article.title, "body": article.body})
