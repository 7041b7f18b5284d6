"""The core once more, in sync code, with a loop of its own for the question to the desk."""

import asyncio

from asgiref.sync import sync_to_async

from katas.k405_no_deadlock_bridge.core import Sheet
from katas.k405_no_deadlock_bridge.typesetter import fill
from katas.newsroom.models import Article
from katas.newsroom.upstream import desks

NO_MORE = object()


def load(slug):
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        pass
    else:
        raise RuntimeError(f"load({slug!r}) blocks the event loop: await aload({slug!r})")
    article = Article.objects.published().get(slug=slug)
    kicker = asyncio.run(desks.fetch(slug))
    article.body = fill(article.body)
    article.save(update_fields=["body"])
    return Sheet(article.title, kicker, article.body)


async def each(items):
    iterator = await sync_to_async(iter)(items)
    try:
        while (item := await sync_to_async(next)(iterator, NO_MORE)) is not NO_MORE:
            yield item
    finally:
        if close := getattr(iterator, "close", None):
            await sync_to_async(close)()
