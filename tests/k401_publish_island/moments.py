"""Moments that would be rare: a write that is under way, and another server that is at work."""

import asyncio
import threading
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from dojo.instruments import statements
from dojo.instruments.gates import WRITE_VERBS, ReadGate
from katas.k401_publish_island.models import AuditEntry
from katas.newsroom.models import Article
from tests.k401_publish_island.newsroom import NOVEMBER, SLUG

# On the virtual clock, and only where the loop itself waits for the thread that is held here.
PATIENCE_S = 3.0


def is_write(sql: str) -> bool:
    """Say whether a statement writes to the articles or to the log."""
    tables = (Article._meta.db_table, AuditEntry._meta.db_table)
    return statements.verb(sql) in WRITE_VERBS and any(table in sql for table in tables)


class HeldWrite:
    """Holds the first write to the articles or the log, in its thread, until it is let go."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._here = threading.get_ident()
        self._go = threading.Event()
        self._held = False

    def __call__(self, execute: statements.Execute, sql: str, *args: Any) -> Any:
        """Hold a statement or not, in the manner of Django's execute wrappers."""
        if is_write(sql) and not self._held and threading.get_ident() != self._here:
            self._held = True
            self._loop.call_soon_threadsafe(self.reached.set)
            self._go.wait(PATIENCE_S)
        return execute(sql, *args)

    def let_go(self) -> None:
        """Let the write happen."""
        self._go.set()


@contextmanager
def holding_a_write() -> Iterator[HeldWrite]:
    """Hold the first write inside the block, and let it go at the end at the latest."""
    held = HeldWrite()
    try:
        with statements.wrapped(held):
            yield held
    finally:
        held.let_go()
        held.reached.set()


def publish_elsewhere() -> None:
    """Publish as another server does: in a transaction, with a lock on the article's row."""
    try:
        with transaction.atomic():
            article = Article.objects.select_for_update().get(slug=SLUG)
            if article.status != Article.Status.PUBLISHED:
                article.status = Article.Status.PUBLISHED
                article.published_at = NOVEMBER
                article.save()
                AuditEntry.objects.create(slug=SLUG, action=AuditEntry.Action.PUBLISHED)
    finally:
        connection.close()


def correct_the_title() -> None:
    """Correct the title of the article, as another server does."""
    try:
        Article.objects.filter(slug=SLUG).update(title="The bridge is open")
    finally:
        connection.close()


async def one_after_the_other(
    gate: ReadGate, first: Awaitable[Any], second: Awaitable[Any]
) -> list[Any]:
    """Race two calls; the second one starts when the first has read the article, or has ended."""
    loop, read = asyncio.get_running_loop(), asyncio.Event()

    def note(execute: statements.Execute, sql: str, *args: Any) -> Any:
        result = execute(sql, *args)
        if statements.verb(sql) == "SELECT" and gate.table in sql:
            loop.call_soon_threadsafe(read.set)
        return result

    async def lead() -> Any:
        try:
            return await first
        finally:
            read.set()

    async def follow() -> Any:
        await read.wait()
        return await second

    with statements.wrapped(note):
        return await gate.race(lead(), follow())
