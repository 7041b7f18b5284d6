"""Moments that would be rare: a write that is under way, and tasks that share a thread."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.db import DatabaseError, connection

from dojo.instruments import statements
from dojo.instruments.gates import WRITE_VERBS
from katas.k401_publish_island.models import AuditEntry
from katas.newsroom.models import Article
from tests.k401_publish_island.newsroom import PUBLISHED, committed

# On the virtual clock, and only where the loop itself waits for the thread that is held here.
PATIENCE_S = 3.0

HOUR_S = 3600.0
TABLES = (Article._meta.db_table, AuditEntry._meta.db_table)


def is_write(sql: str) -> bool:
    """Say whether a statement writes to the articles or to the log."""
    return statements.verb(sql) in WRITE_VERBS and any(table in sql for table in TABLES)


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


class SlowWrites:
    """Lets each write to the articles or the log take an hour, on the virtual clock."""

    def __init__(self) -> None:
        #: When the latest one was over.
        self.ended_s = 0.0

    def __call__(self, execute: statements.Execute, sql: str, *args: Any) -> Any:
        """Wait or not, in the manner of Django's execute wrappers."""
        if not is_write(sql):
            return execute(sql, *args)
        time.sleep(HOUR_S)
        self.ended_s = time.monotonic()
        return execute(sql, *args)


class AfterTheCommit:
    """Lets each query on the articles or the log take an hour, or fail, once both are written."""

    def __init__(self, how: str) -> None:
        self.fails = how == "failing"
        #: The first one that was late.
        self.query = ""
        self._looks = False

    def __call__(self, execute: statements.Execute, sql: str, *args: Any) -> Any:
        """Look at the database before a statement, in the manner of Django's execute wrappers."""
        if not self._looks and any(table in sql for table in TABLES) and self._is_committed():
            self.query = self.query or gist(sql)
            if self.fails:
                raise DatabaseError("the connection is gone")
            time.sleep(HOUR_S)
        return execute(sql, *args)

    def _is_committed(self) -> bool:
        # The look is a statement, too.
        self._looks = True
        try:
            return committed() == PUBLISHED
        finally:
            self._looks = False


def gist(sql: str) -> str:
    """Return a statement on one line, without the columns that it selects."""
    columns, _, rest = sql.partition(" FROM ")
    return statements.shorten(
        f"SELECT … FROM {rest}" if statements.verb(columns) == "SELECT" and rest else sql
    )


@asynccontextmanager
async def in_one_request() -> AsyncIterator[None]:
    """Give the tasks inside the block one thread for the ORM, as Django gives it to a request."""
    async with ThreadSensitiveContext():
        try:
            yield
        finally:
            await sync_to_async(lambda: connection.close())()
