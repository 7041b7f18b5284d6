"""Cancelled or slow: the thread of an island goes on, so the answer has to wait for it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from dojo.instruments import statements
from dojo.instruments.rendezvous import settle
from katas.k401_publish_island.models import AuditEntry
from katas.newsroom.models import Article
from tests.k401_publish_island.moments import (
    AfterTheCommit,
    SlowWrites,
    holding_a_write,
)
from tests.k401_publish_island.newsroom import (
    DRAFT,
    NOVEMBER,
    PUBLISHED,
    SUITE,
    URL,
    Press,
    committed,
    is_true,
    same_time,
)

pytestmark = SUITE


@pytest.mark.task(4)
async def test_a_cancelled_request_leaves_no_half(
    draft: Article, press_on_one_thread: Press
) -> None:
    """Cancelled during its first write, a request leaves both changes or neither, and no lie."""
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
    # Whichever thread the write is in: it is over by then.
    await settle()

    state = await sync_to_async(committed)()
    answer = None if request.cancelled() else request.result()
    assert answer is None or is_true(answer, state), (
        f"POST {URL}, cancelled during its first write, answered {answer and answer.status} "
        f"all the same, and left {state}; expected no answer, or a true one."
    )
    assert state in (DRAFT, PUBLISHED), (
        f"POST {URL}, cancelled during its first write, left {state}; "
        f"expected {DRAFT} or {PUBLISHED}."
    )


@pytest.mark.task(4)
async def test_the_answer_is_true(draft: Article, press_on_one_thread: Press) -> None:
    """With a database that takes an hour, 200 means published, at the time that it tells."""
    # The time of a draft that was published before is certain, whatever the machine's clock says.
    await Article.objects.aupdate(published_at=NOVEMBER)

    with statements.wrapped(SlowWrites()):
        answer = await press_on_one_thread()

    state = await sync_to_async(committed)()
    assert is_true(answer, state), (
        f"POST {URL}, when each write takes an hour, answered {answer.status}, and then the "
        f"database had {state}; expected 200 and {PUBLISHED}, or an error and {DRAFT}."
    )
    if answer.status == 200:
        told, stored = answer.published_at(), (await Article.objects.aget()).published_at
        assert same_time(told, stored), (
            f"POST {URL}, when each write takes an hour, told published_at {told}; "
            f"expected {stored}, as stored."
        )


@pytest.mark.task(4)
async def test_a_late_failure_is_told(
    draft: Article, press_on_one_thread: Press, fail_nth_write: Callable[..., Any]
) -> None:
    """If each write takes an hour, and one then fails, the answer is an error, and it is true."""
    slow = SlowWrites()
    with fail_nth_write(1, AuditEntry), statements.wrapped(slow):
        answer = await press_on_one_thread()

    state = await sync_to_async(committed)()
    early = " while its write was still under way" if answer.returned_s < slow.ended_s else ""
    assert is_true(answer, state), (
        f"POST {URL}, when each write takes an hour, answered {answer.status}{early}; the write to "
        f"AuditEntry then failed, and the database has {state}; expected an error and {DRAFT}."
    )


@pytest.mark.task(4)
@pytest.mark.parametrize("how", ["slow", "failing"])
async def test_nothing_can_fail_after_the_commit(
    draft: Article, press_on_one_thread: Press, how: str
) -> None:
    """A query that is sent after the commit, and is slow or fails, makes no error of a success."""
    late = AfterTheCommit(how)
    with statements.wrapped(late):
        answer = await press_on_one_thread()

    state = await sync_to_async(committed)()
    assert is_true(answer, state), (
        f"POST {URL} answered {answer.status}, and the database has {state}; expected 200. After "
        f"the commit it sent a query, which was {how}: {late.query or '(none)'}{answer.cause}"
    )
