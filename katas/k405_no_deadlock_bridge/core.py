"""How an article becomes a sheet for the printers, in async code. Given."""

from __future__ import annotations

from typing import NamedTuple

from asgiref.sync import sync_to_async

from katas.k405_no_deadlock_bridge.typesetter import fill
from katas.newsroom.models import Article
from katas.newsroom.upstream import desks


class Sheet(NamedTuple):
    """What the printers get of an article."""

    title: str
    kicker: str
    text: str


async def aload(slug: str) -> Sheet:
    """Return the sheet of a published article, and keep its text as it was printed.

    Three reasons to wait: the database, a desk that has to say something about the article, and
    the typesetter, which is sync code and calls `load` for each article that the text quotes.

    Raises:
        Article.DoesNotExist: No article of that name is published.
    """
    article = await Article.objects.published().aget(slug=slug)
    kicker = await desks.fetch(slug)
    article.body = await sync_to_async(fill)(article.body)
    await article.asave(update_fields=["body"])
    return Sheet(article.title, kicker, article.body)
