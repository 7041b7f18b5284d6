"""Cancelled or slow: the thread of an island goes on, so the answer has to wait for it."""

import asyncio
import time
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from dojo.instruments import statements
from dojo.instruments.rendezvous import settle
from katas.newsroom.models import Article
from tests.k401_publish_island.moments import holding_a_write, is_write
from tests.k401_publish_island.newsroom import (
    DRAFT,
    PUBLISHED,
    SUITE,
    URL,
    Press,
    committed,
)

pytestmark = SUITE

HOUR_S = 3600.0


@pytest.mark.task(4)
async def test_a_cancelled_request_leaves_no_half(
    draft: Article, press_on_one_thread: Press
) -> None:
    """A request that is cancelled during its first write leaves both changes or neither."""
    with holding_a_write() as held:
        request = asyncio.create_task(press_on_one_thread())
        reached = asyncio.create_task(held.reached.wait())
        await asyncio.wait({request, reached}, return_when=asyncio.FIRST_COMPLETED)
        request.cancel()
        await settle()
        held.let_go()
        # Whichever thread the write is in, it goes on to its end.
        await settle()
        await asyncio.wait({request})
    await reached

    state = await sync_to_async(committed)()
    assert state in (DRAFT, PUBLISHED), (
        f"POST {URL}, cancelled during its first write, left {state}; "
        f"expected {DRAFT} or {PUBLISHED}."
    )


@pytest.mark.task(4)
async def test_the_answer_is_true(draft: Article, press_on_one_thread: Press) -> None:
    """With a database that takes an hour, 200 means published and an error not."""

    def slow(execute: statements.Execute, sql: str, *args: Any) -> Any:
        if is_write(sql):
            time.sleep(HOUR_S)
        return execute(sql, *args)

    with statements.wrapped(slow):
        answer = await press_on_one_thread()

    state = await sync_to_async(committed)()
    true = state == PUBLISHED if answer.status == 200 else state == DRAFT
    assert true, (
        f"POST {URL}, when each write takes an hour, answered {answer.status}, and then the "
        f"database had {state}; expected 200 and {PUBLISHED}, or an error and {DRAFT}."
    )
