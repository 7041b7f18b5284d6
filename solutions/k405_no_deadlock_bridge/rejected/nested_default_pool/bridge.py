"""Each load takes a thread of the loop's pool, and keeps it while it loads the next."""

import asyncio

from asgiref.sync import async_to_sync, sync_to_async
from django.db import connections

from katas.k405_no_deadlock_bridge.core import Sheet
from katas.k405_no_deadlock_bridge.typesetter import fill
from katas.newsroom.models import Article
from katas.newsroom.upstream import desks

NO_MORE = object()


async def in_the_pool(slug):
    return await sync_to_async(work, thread_sensitive=False)(slug)


def work(slug):
    try:
        article = Article.objects.published().get(slug=slug)
        kicker = async_to_sync(desks.fetch)(slug)
        article.body = fill(article.body)
        article.save(update_fields=["body"])
        return Sheet(article.title, kicker, article.body)
    finally:
        connections.close_all()


def load(slug):
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        pass
    else:
        raise RuntimeError(f"load({slug!r}) blocks the event loop: await aload({slug!r})")
    return async_to_sync(in_the_pool)(slug)


async def each(items):
    iterator = await sync_to_async(iter)(items)
    try:
        while (item := await sync_to_async(next)(iterator, NO_MORE)) is not NO_MORE:
            yield item
    finally:
        if close := getattr(iterator, "close", None):
            await sync_to_async(close)()
