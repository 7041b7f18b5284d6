"""Stories under embargo."""

from typing import Any

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from katas.k604_release_the_connection.embargo import Embargo
from katas.newsroom.models import Article


def read(slug: str) -> dict[str, Any]:
    """Return what is stored of a story, and leave this thread without a connection."""
    try:
        story = Article.objects.values("slug", "title", "body").filter(slug=slug).first()
    finally:
        connection.close()
    if story is None:
        raise Http404(slug)
    return dict(story)


async def story(request: HttpRequest, slug: str, embargo: Embargo) -> HttpResponse:
    """Answer with the story called *slug*, when its embargo has ended."""
    # What `partners_only` has opened is in the request's own thread.
    await sync_to_async(lambda: connection.close())()
    read_elsewhere = sync_to_async(read, thread_sensitive=False)
    await read_elsewhere(slug)
    await embargo.lifted(slug)
    return JsonResponse(await read_elsewhere(slug))
