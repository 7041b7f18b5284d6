"""For an hour, a partner waits, and neither the database nor a thread has anything to do."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from dojo.instruments.orm_guard import Queries
from tests.k604_release_the_connection import threads
from tests.k604_release_the_connection.agency import (
    HALFWAY_S,
    LATE_S,
    SLUG,
    SOON_S,
    SUITE,
    Agency,
    write,
)
from tests.k604_release_the_connection.ledger import counted, listed

pytestmark = SUITE


@pytest.mark.task(1)
def test_the_view_is_asynchronous(agency: Agency) -> None:
    """The view stays an async one, so that whoever waits holds up no thread."""
    if not agency.is_async:
        pytest.fail("`story` is a sync view; expected an async one. (task 1)", pytrace=False)


@pytest.mark.task(1)
@pytest.mark.parametrize("seconds", [SOON_S, HALFWAY_S, LATE_S], ids=["soon", "halfway", "late"])
async def test_no_connection_while_waiting(agency: Agency, seconds: float) -> None:
    """While a partner waits for the end of an embargo, no database connection is open."""
    with agency.connections() as held:
        async with agency.call() as call:
            await asyncio.sleep(seconds)

            when = f"{seconds:.3f} s after it came"
            call.expect_to_wait(when, task=1)
            held.expect_none_open(call, when, task=1)
            await call.end()


@pytest.mark.task(1)
async def test_no_connection_while_several_wait(agency: Agency) -> None:
    """While several partners wait at once, no database connection is open either."""
    slugs = [SLUG, "budget", "election"]
    for slug in slugs:
        await write(slug, "draft")
    with agency.connections() as held:
        async with AsyncExitStack() as stack:
            calls = [await stack.enter_async_context(agency.call(slug)) for slug in slugs]
            await asyncio.sleep(SOON_S)

            when = "three at once, 1.037 s after they came"
            for call in calls:
                call.expect_to_wait(when, task=1)
            held.expect_none_open("GET /stories/…/", when, task=1)
            for call in calls:
                await call.end()


@pytest.mark.task(1)
@pytest.mark.usefixtures("slow_to_close")
async def test_no_connection_when_the_waiting_begins(agency: Agency) -> None:
    """When `embargo.lifted()` is called, no connection is open, even if closing is slow."""
    with agency.connections() as held:
        async with agency.call() as call:
            await asyncio.sleep(SOON_S)
            call.expect_to_wait(f"{SOON_S} s after it came", task=1)

            if early := call.embargo.open_at_first:
                pytest.fail(
                    f"{call}: {len(early)} connection open when `lifted` was called; expected "
                    f"none. (task 1){listed(early, held.door)}",
                    pytrace=False,
                )
            await call.end()


@pytest.mark.task(1)
async def test_nobody_asks_the_database_meanwhile(agency: Agency, queries: Queries) -> None:
    """While a partner waits, no query is made and no connection opened, not for a moment."""
    async with agency.call() as call:
        await asyncio.sleep(SOON_S)
        with queries.during() as asked, agency.connections() as held:
            await asyncio.sleep(LATE_S - SOON_S)

        when = f"from {SOON_S} to {LATE_S} s after it came"
        call.expect_to_wait(when, task=1)
        if asked:
            pytest.fail(f"{call}, {when}: {counted(asked)}; expected none. (task 1)", pytrace=False)
        assert not held.opened, held.opened.explain(f"{call}, {when}", expected="none", task=1)
        await call.end()


@pytest.mark.task(1)
async def test_no_thread_waits(agency: Agency) -> None:
    """While a partner waits, no thread waits in the view's place."""
    async with agency.call() as call:
        await asyncio.sleep(SOON_S)
        call.expect_to_wait(f"{SOON_S} s after it came", task=1)

        if waiting := threads.that_wait():
            pytest.fail(
                f"{call}, while the partner waits: {'; '.join(waiting)}; expected no thread to "
                "wait. (task 1)",
                pytrace=False,
            )
        await call.end()
