"""Stories under embargo."""

from asgiref.sync import sync_to_async
from django.db import connections
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from katas.k604_release_the_connection.embargo import Embargo
from katas.newsroom.models import Article


@sync_to_async
def let_go() -> None:
    """Close the connections of the request's thread; its next query opens a new one."""
    connections.close_all()


async def story(request: HttpRequest, slug: str, embargo: Embargo) -> HttpResponse:
    """Answer with the story called *slug*, when its embargo has ended."""
    known = await Article.objects.filter(slug=slug).aexists()
    await let_go()
    if not known:
        raise Http404(slug)
    await embargo.lifted(slug)
    try:
        article = await Article.objects.aget(slug=slug)
    except Article.DoesNotExist:
        raise Http404(slug) from None
    finally:
        await let_go()
    return JsonResponse({"slug": article.slug, "title": article.title, "body": article.body})
