"""What happens just then: others that go first, or a reference that is taken."""

import asyncio
import threading
import traceback
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from django.db import IntegrityError

from dojo.instruments import statements
from dojo.instruments.rendezvous import settle
from katas.k403_after_commit.archive import file_correction
from katas.k403_after_commit.models import Correction
from katas.newsroom.models import Author
from tests.k403_after_commit.agencies import Stored, look_from_outside


@contextmanager
def held() -> Iterator[tuple[asyncio.Event, threading.Event]]:
    """Hold whoever is about to change an article.

    Gives what is set when that is reached, and what is to be set to let it go on.
    """
    loop, here = asyncio.get_running_loop(), threading.get_ident()
    reached, go_on = asyncio.Event(), threading.Event()

    def hold(execute: statements.Execute, sql: str, *args: Any) -> Any:
        if statements.verb(sql) == "UPDATE" and threading.get_ident() != here:
            loop.call_soon_threadsafe(reached.set)
            go_on.wait()
        return execute(sql, *args)

    with statements.wrapped(hold):
        try:
            yield reached, go_on
        finally:
            go_on.set()


@asynccontextmanager
async def others_first() -> AsyncIterator[list[Stored]]:
    """Before an article is changed, let all run that is under way beside it: who can win, wins.

    Gives what another connection found at that moment.
    """
    found: list[Stored] = []

    async def usher(reached: asyncio.Event, go_on: threading.Event) -> None:
        await reached.wait()
        await settle()
        found.append(await look_from_outside())
        go_on.set()

    with held() as (reached, go_on):
        task = asyncio.create_task(usher(reached, go_on))
        try:
            yield found
        finally:
            reached.set()
            await task


@contextmanager
def overtaken() -> Iterator[None]:
    """Let no correction be stored, as if another request had just used its reference."""

    def refuse(execute: statements.Execute, sql: str, *args: Any) -> Any:
        if statements.verb(sql) == "INSERT" and Correction._meta.db_table in sql:
            raise IntegrityError("the reference was taken just now")
        return execute(sql, *args)

    with statements.wrapped(refuse):
        yield


@contextmanager
def abandoned() -> Iterator[None]:
    """Delete the editors just before a correction is stored, in the same transaction.

    As if they had left in the meantime: whoever has looked them up has found them.
    """

    def leave(execute: statements.Execute, sql: str, params: Any, *args: Any) -> Any:
        if statements.verb(sql) == "INSERT" and Correction._meta.db_table in sql:
            execute(f"DELETE FROM {Author._meta.db_table}", (), *args)
        return execute(sql, params, *args)

    with statements.wrapped(leave):
        yield


@contextmanager
def watched() -> Iterator[dict[str, bool]]:
    """Note of each kind of write, INSERT or UPDATE, whether file_correction has made it."""
    by_it: dict[str, bool] = {}

    def look(execute: statements.Execute, sql: str, *args: Any) -> Any:
        if (verb := statements.verb(sql)) in ("INSERT", "UPDATE"):
            callers = traceback.walk_stack(None)
            by_it[verb] = any(frame.f_code is file_correction.__code__ for frame, _ in callers)
        return execute(sql, *args)

    with statements.wrapped(look):
        yield by_it
