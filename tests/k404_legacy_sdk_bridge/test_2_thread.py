"""A thread that belongs to nobody else: loop, database, default pool or another bridge."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import sync_to_async

from dojo.instruments.rendezvous import settle
from katas.newsroom.models import Article
from tests.k404_legacy_sdk_bridge.agency import Agency, outcome


@pytest.mark.task(1)
async def test_thread_is_neither_the_loops_nor_the_databases(agency: Agency) -> None:
    """The client is made and used on a thread of the bridge's own."""
    taken = {
        threading.current_thread(): "the event loop's",
        await sync_to_async(threading.current_thread)(): "that of thread-sensitive code, so of "
        "the ORM",
    }
    async with agency.bridge() as bridge:
        await agency.answer(bridge, 1)

    for entry in agency.log:
        assert entry.thread not in taken, (
            f"story(1): {entry.what} ran on thread {entry.thread.name}, which is "
            f"{taken[entry.thread]}; expected a thread of the bridge's own.{agency}"
        )


@pytest.mark.task(1)
async def test_needs_no_place_in_the_default_pool(agency: Agency) -> None:
    """A call is answered while the loop's default pool is full of other people's work."""
    pool, done = ThreadPoolExecutor(max_workers=2), threading.Event()
    loop = asyncio.get_running_loop()
    loop.set_default_executor(pool)
    async with agency.bridge() as bridge:
        others = [loop.run_in_executor(None, done.wait) for _ in range(2)]
        agency.hold("fetch(1)")
        call = agency.call(bridge, 1)
        await settle()
        agency.release()
        await agency.soon(call)
        seen = outcome(call)
        done.set()
        await asyncio.gather(*others)

    expected = f"returned {dict(agency.sent).get('fetch(1)')!r}"
    assert seen == expected, (
        "story(1), while the loop's default pool is busy with the work of others: "
        f"it {seen}; expected an answer, from a thread of the bridge's own."
    )


@pytest.mark.task(1)
@pytest.mark.django_db(transaction=True)
async def test_queries_are_answered_during_a_call(agency: Agency) -> None:
    """The ORM answers while the agency does not."""
    agency.hold("fetch(1)")
    async with agency.bridge() as bridge:
        call = agency.call(bridge, 1)
        await agency.reached("fetch(1)")
        query = asyncio.create_task(Article.objects.acount(), name="acount()")
        await agency.soon(query)
        seen = outcome(query)
        agency.release()
        await agency.soon(call, query)

    assert seen == "returned 0", (
        f"Article.objects.acount(), while the agency lets fetch(1) wait: it {seen}; "
        f"expected the database to answer meanwhile.{agency}"
    )


@pytest.mark.task(1)
async def test_bridges_share_nothing(agency: Agency) -> None:
    """Of two bridges each has its thread and its client."""
    agency.hold("fetch(1)")
    async with agency.bridge() as first, agency.bridge() as second:
        held = agency.call(first, 1)
        await agency.reached("fetch(1)")
        call = agency.call(second, 2)
        await agency.soon(call)
        seen = outcome(call)
        agency.release()
        await agency.soon(held, call)

    assert seen.startswith("returned"), (
        f"story(2) of a second bridge, while the first one waits for fetch(1): it {seen}; "
        f"expected an answer.{agency}"
    )
    logins = agency.messages.count("login")
    assert logins == 2, f"Two bridges: {logins} logins; expected 2.{agency}"
