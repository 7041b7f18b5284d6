"""What happens just then: others that go first, and a reference that is taken."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from django.db import IntegrityError

from dojo.instruments import statements
from dojo.instruments.rendezvous import settle
from katas.k403_after_commit.models import Correction
from tests.k403_after_commit.agencies import Stored, look_from_outside


@asynccontextmanager
async def others_first() -> AsyncIterator[list[Stored]]:
    """Before an article is changed, let all run that is under way beside it: who can win, wins.

    Gives what another connection found at that moment.
    """
    loop, here = asyncio.get_running_loop(), threading.get_ident()
    reached, go_on = asyncio.Event(), threading.Event()
    found: list[Stored] = []

    async def usher() -> None:
        await reached.wait()
        await settle()
        found.append(await look_from_outside())
        go_on.set()

    def hold(execute: statements.Execute, sql: str, *args: Any) -> Any:
        if statements.verb(sql) == "UPDATE" and threading.get_ident() != here:
            loop.call_soon_threadsafe(reached.set)
            go_on.wait()
        return execute(sql, *args)

    task = asyncio.create_task(usher())
    try:
        with statements.wrapped(hold):
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
