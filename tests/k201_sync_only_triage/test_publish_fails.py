"""Publishing when the database refuses the article: an error, nobody told, nothing left open."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from typing import Any, Protocol

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import AsyncClient

from dojo.instruments import statements
from katas.newsroom.models import Article
from tests.k201_sync_only_triage.asking import Add, Announcement

pytestmark = [
    pytest.mark.urls("katas.k201_sync_only_triage.urls"),
    pytest.mark.django_db(transaction=True),
]

URL = "/publish/half-a-story/"

# Nothing is decided by it: who saves in the ORM's thread never waits that long. It bounds what the
# test waits for in vain, where an answer blocks the loop or keeps the ORM's thread to itself.
PATIENCE_S = 3.0
TURNS = 20


class Post(Protocol):
    """Publishes an article that the database refuses to write: ``await post()``."""

    async def __call__(self, *, others_go_first: bool = False) -> Any:
        """Return the response."""


@asynccontextmanager
async def others_first() -> AsyncIterator[None]:
    """Let what was started beside an UPDATE go first; a race that it can win, it wins.

    The loop runs all that is ready before the UPDATE goes on, then stands still until the ORM's
    thread has done whatever it was sent by then.
    """
    loop, here = asyncio.get_running_loop(), threading.get_ident()
    reached, go_on, others_done = asyncio.Event(), threading.Event(), threading.Event()

    async def usher() -> None:
        await reached.wait()
        for _ in range(TURNS):
            await asyncio.sleep(0)
        # The thread takes its work in turn: this comes behind all that is beside the UPDATE.
        last = asyncio.create_task(sync_to_async(others_done.set)())
        await asyncio.sleep(0)
        go_on.set()
        others_done.wait(PATIENCE_S)
        await last

    def hold(execute: statements.Execute, sql: str, *args: Any) -> Any:
        if statements.verb(sql) == "UPDATE" and threading.get_ident() != here:
            loop.call_soon_threadsafe(reached.set)
            go_on.wait(PATIENCE_S)
        return execute(sql, *args)

    task = asyncio.create_task(usher())
    try:
        with statements.wrapped(hold):
            yield
    finally:
        reached.set()
        await task


@pytest.fixture
def post(add: Add, fail_nth_write: Callable[..., Any]) -> Post:
    """Return a function that publishes an article, which the database refuses to write."""

    async def send(*, others_go_first: bool = False) -> Any:
        await add("Half a story", status="draft")
        client = AsyncClient(raise_request_exception=False)
        with fail_nth_write(1, Article):
            async with others_first() if others_go_first else nullcontext():
                return await client.post(URL)

    return send


@pytest.mark.task(4)
async def test_a_failed_save_is_an_error(post: Post, announced: list[Announcement]) -> None:
    """If the database refuses the article, the answer is an error 500."""
    status = (await post()).status_code

    assert status >= 500, (
        f"POST {URL}, with a database that refuses to write, answered {status}; "
        "expected an error 500."
    )


@pytest.mark.task(4)
async def test_a_failed_save_is_not_announced(post: Post, announced: list[Announcement]) -> None:
    """If the database refuses the article, nobody is told, not even meanwhile."""
    await post(others_go_first=True)

    assert announced == [], (
        f"POST {URL}, with a database that refuses to write, announced: {announced}; "
        "expected nothing."
    )


@pytest.mark.task(4)
async def test_a_failed_save_leaves_nothing_open(post: Post, announced: list[Announcement]) -> None:
    """If the database refuses the article, no transaction stays open in the ORM's thread."""

    def left_open() -> tuple[bool, bool]:
        left = connection.in_atomic_block, connection.get_autocommit()
        if left != (False, True):
            # Not to be inherited by what cleans up behind this test.
            connection.in_atomic_block = False
            connection.close()
        return left

    await post()

    in_transaction, autocommit = await sync_to_async(left_open)()
    assert (in_transaction, autocommit) == (False, True), (
        f"after POST {URL}, with a database that refuses to write, the ORM's thread has "
        f"in_transaction={in_transaction}, autocommit={autocommit}; expected False and True: "
        "the next request gets the same connection."
    )
