"""Stories under embargo."""

import asyncio
from contextlib import suppress

from asgiref.sync import sync_to_async
from django.db import DatabaseError, connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import aget_object_or_404

from katas.k604_release_the_connection.embargo import Embargo
from katas.newsroom.models import Article


async def story(request: HttpRequest, slug: str, embargo: Embargo) -> HttpResponse:
    """Answer with the story called *slug*, when its embargo has ended."""
    await aget_object_or_404(Article, slug=slug)
    connection = await sync_to_async(lambda: connections["default"])()
    with suppress(DatabaseError):
        await asyncio.to_thread(connection.close)
    await embargo.lifted(slug)
    article = await aget_object_or_404(Article, slug=slug)
    return JsonResponse({"slug": article.slug, "title": article.title, "body": article.body})
