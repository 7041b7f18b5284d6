"""Another server: it knows nothing of this process, and comes at the worst moment."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, Protocol, TypeVar

from django.db import connection, transaction

from dojo.instruments import statements
from dojo.instruments.gates import ReadGate
from dojo.instruments.orm_guard import TRANSACTION_VERBS
from katas.k401_publish_island.models import AuditEntry
from katas.newsroom.models import Article
from tests.k401_publish_island.moments import gist
from tests.k401_publish_island.newsroom import NOVEMBER, SLUG

Held = TypeVar("Held")
Other = TypeVar("Other")


class Elsewhere(Protocol):
    """Does something as another server does: ``await elsewhere(publish)``."""

    async def __call__(self, action: Callable[[], None]) -> None:
        """Call *action* in a thread and on a connection of its own."""


def publish() -> None:
    """Publish the article: in a transaction, with a lock on its row."""
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
    """Correct the title of the article."""
    try:
        Article.objects.filter(slug=SLUG).update(title="The bridge is open")
    finally:
        connection.close()


# In a comment of a query that the gate below takes for a read.
MARK = "/* hold from here on */"

_is_held: ContextVar[bool] = ContextVar("is_held", default=False)


class Interruption:
    """Holds a call before its *number*-th query, until another one has ended, or waits for a lock.

    So the other call is made as a whole between two queries of the held one, unless the held one
    has locked what the other needs.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        #: The query that the call was held before; empty if it did not get that far.
        self.query = ""
        self._seen = 0

    def told(self, why: str) -> str:
        """Tell when the other one came, and why; for messages."""
        if self.query:
            return (
                f"another server came {why}, before query {self.number} of the view: {self.query}"
            )
        after = "after its last query" if self._seen else "without any query"
        return f"the view answered {after}; afterwards another server came {why}"

    async def race(
        self, held: Awaitable[Held], other: Awaitable[Other], *, gate: type[ReadGate]
    ) -> tuple[Held, Other]:
        """Make both calls; return what they return."""
        there = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._arrive = there.set

        async def lead() -> Any:
            _is_held.set(True)
            try:
                # Around the gate's own wrapper, which is there by now: the mark comes first.
                with statements.wrapped(self):
                    return await held
            finally:
                there.set()

        async def follow() -> Any:
            await there.wait()
            return await other

        first, second = await gate(MARK).race(lead(), follow())
        return first, second

    def __call__(
        self, execute: statements.Execute, sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        """Count the queries of the call, and send the mark before the one that is to be held."""
        if _is_held.get() and MARK not in sql and statements.verb(sql) not in TRANSACTION_VERBS:
            self._seen += 1
            if self._seen == self.number:
                self.query = gist(sql)
                with context["connection"].cursor() as cursor:
                    cursor.execute(f"SELECT 1 {MARK}")
                self._loop.call_soon_threadsafe(self._arrive)
        return execute(sql, params, many, context)
