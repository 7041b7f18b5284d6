"""One client, and one thread for it, which belongs to nobody else."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import sync_to_async

from dojo.instruments.rendezvous import settle
from katas.k404_legacy_sdk_bridge.bridge import WireBridge
from katas.k404_legacy_sdk_bridge.wire import WireClient
from katas.newsroom.models import Article
from tests.k404_legacy_sdk_bridge.agency import Agency, outcome


@pytest.mark.task(1)
async def test_returns_what_the_agency_sends(agency: Agency) -> None:
    """Each call asks the agency, and returns its answer of this time."""
    async with agency.bridge() as bridge:
        got = [await agency.answer(bridge, number) for number in (7, 8, 7)]

    sent = [answer for message, answer in agency.sent if message.startswith("fetch")]
    assert got == sent, (
        f"story(7), story(8), story(7) returned {got!r}; the agency has sent {sent!r}."
    )


@pytest.mark.task(1)
def test_making_a_bridge_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bridge can be made where no loop runs, and starts neither a thread nor a client."""
    started: list[str] = []
    start = threading.Thread.start

    def noting_start(thread: threading.Thread) -> None:
        started.append(f"thread {thread.name}")
        start(thread)

    def connect() -> WireClient:
        started.append("a client")
        return WireClient()

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", noting_start)
        WireBridge(connect, most=8)

    assert not started, (
        f"WireBridge(connect, most=8) alone has started {' and '.join(started)}; "
        "expected nothing before the first call."
    )


@pytest.mark.task(1)
async def test_one_client_serves_all_callers(agency: Agency) -> None:
    """Callers who come together, during the login, share one client on one thread."""
    agency.hold("login")
    async with agency.bridge() as bridge:
        calls = [agency.call(bridge, number) for number in range(5)]
        await agency.reached("login")
        await settle()
        agency.release()
        await agency.soon(*calls)

    assert agency.times("login") == 1, (
        f"5 calls of story() at once: {agency.times('login')} logins; expected 1.{agency}"
    )
    used = {entry.thread for entry in agency.log}
    assert used == {agency.thread}, (
        f"5 calls of story() at once: {len(used)} threads have used the client; expected 1.{agency}"
    )


@pytest.mark.task(1)
async def test_callers_are_served_in_order(agency: Agency) -> None:
    """The agency is asked in the order of the calls, and each caller gets its own answer."""
    numbers = [3, 1, 2, 5, 4]
    async with agency.bridge() as bridge:
        calls = [agency.call(bridge, number) for number in numbers]
        await agency.soon(*calls)

    asked = [entry.what for entry in agency.log if entry.what.startswith("fetch")]
    assert asked == [f"fetch({number})" for number in numbers], (
        f"story() for {numbers}, at once: the agency was asked for {asked}; "
        f"expected the order of the calls.{agency}"
    )
    answers = dict(agency.sent)
    for number, call in zip(numbers, calls, strict=True):
        expected = answers[f"fetch({number})"]
        assert outcome(call) == f"returned {expected!r}", (
            f"story() for {numbers}, at once: story({number}) {outcome(call)}; "
            f"expected {expected!r}.{agency}"
        )


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
        call = agency.call(bridge, 1)
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
    """Of two bridges each has its thread and its client, and outlives the other."""
    agency.hold("fetch(1)")
    async with agency.bridge() as first, agency.bridge() as second:
        held = agency.call(first, 1)
        await agency.reached("fetch(1)")
        call = agency.call(second, 2)
        await agency.soon(call)
        seen = outcome(call)
        agency.release()
        await agency.soon(held, call)
        await agency.close(first)
        after = agency.call(second, 3)
        await agency.soon(after)
        seen_after = outcome(after)

    assert seen.startswith("returned"), (
        f"story(2) of a second bridge, while the first one waits for fetch(1): it {seen}; "
        f"expected an answer.{agency}"
    )
    assert seen_after.startswith("returned"), (
        f"story(3) of a second bridge, after aclose() of the first one: it {seen_after}; "
        f"expected an answer.{agency}"
    )
    assert agency.times("login") == 2, (
        f"Two bridges: {agency.times('login')} logins; expected 2.{agency}"
    )
