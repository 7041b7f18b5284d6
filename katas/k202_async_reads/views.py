"""What readers and feeds ask of the newsroom. Edit this file; the brief is in README.md."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from katas.newsroom.models import Article

FEED_SIZE = 10
PAGE_SIZE = 5


def newest_first() -> QuerySet[Article]:
    """Return the published articles, the newest first, those of the same moment by slug.

    TODO (task 1): all four views need this query; it is built here, and sent elsewhere.
    """
    return Article.objects.all()


async def slugs(request: HttpRequest) -> HttpResponse:
    """Answer with the slugs of the `FEED_SIZE` newest articles.

    TODO (task 1).
    """
    raise NotImplementedError("task 1: list the slugs")


async def latest(request: HttpRequest) -> HttpResponse:
    """Answer with slug and title of the newest article, or with null.

    TODO (task 2).
    """
    raise NotImplementedError("task 2: show the latest")


async def article(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with slug, title and body of one article, or with 404.

    TODO (task 3).
    """
    raise NotImplementedError("task 3: find one, or say 404")


async def archive(request: HttpRequest) -> HttpResponse:
    """Answer with one page of slugs: `PAGE_SIZE` of them, chosen by ``?page=``.

    TODO (task 4).
    """
    raise NotImplementedError("task 4: turn the pages")
