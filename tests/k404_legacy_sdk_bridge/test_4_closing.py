"""The end: on the client's own thread, after what was accepted, and for good."""

import asyncio

import pytest

from dojo.instruments.rendezvous import settle
from katas.k404_legacy_sdk_bridge.wire import WireError
from tests.k404_legacy_sdk_bridge.agency import Agency, ends, outcome, succeeded


@pytest.mark.task(4)
async def test_closes_the_client_on_its_own_thread(agency: Agency) -> None:
    """When `aclose` returns, the client is closed, by the thread that has made it."""
    async with agency.bridge() as bridge:
        await agency.answer(bridge, 1)
        await agency.close(bridge)
        closed = [client.closed for client in agency.clients]

    assert closed == [True], (
        f"story(1), then aclose(), which has returned: closed is {closed}; expected [True].{agency}"
    )
    used = {entry.thread for entry in agency.log}
    assert used == {agency.thread}, (
        "story(1), then aclose(): the client was used on "
        f"{', '.join(sorted(thread.name for thread in used))}; expected one thread.{agency}"
    )


@pytest.mark.task(4)
async def test_ends_its_thread(agency: Agency) -> None:
    """After `aclose` the thread of the client ends."""
    async with agency.bridge() as bridge:
        await agency.answer(bridge, 1)
        await agency.close(bridge)

        assert await ends(agency.thread), (
            f"story(1), then aclose(), which has returned: thread {agency.thread.name} goes on; "
            f"expected it to end.{agency}"
        )


@pytest.mark.task(4)
async def test_finishes_what_was_accepted(agency: Agency) -> None:
    """Calls that were under way or waiting are answered before the client is closed."""
    agency.hold("fetch(1)")
    async with agency.bridge() as bridge:
        calls = [agency.call(bridge, number) for number in (1, 2, 3)]
        await agency.reached("fetch(1)")
        await settle()
        closing = asyncio.create_task(bridge.aclose())
        await settle()
        agency.release()
        await agency.soon(closing, *calls)

    for call in calls:
        assert succeeded(call), (
            f"story(1), story(2), story(3), then aclose() during the first: {call.get_name()} "
            f"{outcome(call)}; expected an answer.{agency}"
        )
    assert succeeded(closing), (
        f"aclose(), called during three calls: it {outcome(closing)}; expected it to return."
    )
    last = [entry.what for entry in agency.log][-1]
    assert last == "close()", (
        f"story(1), story(2), story(3), then aclose(): the last that was sent is {last}; "
        f"expected close().{agency}"
    )


@pytest.mark.task(4)
async def test_takes_no_more_from_then_on(agency: Agency) -> None:
    """Once `aclose` is called, `story` raises RuntimeError, and nobody logs in any more."""
    agency.hold("fetch(1)")
    async with agency.bridge() as bridge:
        call = agency.call(bridge, 1)
        await agency.reached("fetch(1)")
        closing = asyncio.create_task(bridge.aclose())
        await settle()
        during = agency.call(bridge, 2)
        await agency.soon(during)
        seen = {"during": outcome(during)}
        agency.release()
        await agency.soon(call, closing)
        after = agency.call(bridge, 3)
        await agency.soon(after)
        seen["after"] = outcome(after)

    for when, late in (("during", during), ("after", after)):
        refused = late.done() and not late.cancelled() and late.exception()
        assert isinstance(refused, RuntimeError), (
            f"story() {when} aclose(): it {seen[when]}; expected a RuntimeError at once.{agency}"
        )
    assert agency.times("login") == 1, (
        f"story() after aclose(): {agency.times('login')} logins; expected 1.{agency}"
    )


@pytest.mark.task(4)
async def test_closes_a_bridge_that_is_full(agency: Agency) -> None:
    """With as many calls unfinished as may be, `aclose` still closes the client."""
    agency.hold("fetch(0)")
    async with agency.bridge(most=1) as bridge:
        call = agency.call(bridge, 0)
        await agency.reached("fetch(0)")
        closing = asyncio.create_task(bridge.aclose())
        await settle()
        agency.release()
        await agency.soon(call, closing)
        closed = [client.closed for client in agency.clients]

    assert succeeded(closing), (
        f"most=1, aclose() during fetch(0): it {outcome(closing)}; expected it to return.{agency}"
    )
    assert closed == [True], (
        f"most=1, aclose() during fetch(0), which has returned: closed is {closed}; "
        f"expected [True].{agency}"
    )


@pytest.mark.task(4)
async def test_closes_a_client_that_is_being_made(agency: Agency) -> None:
    """An `aclose` that comes during the login closes the client which the login brings."""
    agency.hold("login")
    async with agency.bridge() as bridge:
        call = agency.call(bridge, 1)
        await agency.reached("login")
        closing = asyncio.create_task(bridge.aclose())
        await settle()
        agency.release()
        await agency.soon(call, closing)
        closed = [client.closed for client in agency.clients]

    assert closed == [True], (
        f"story(1), then aclose() during the login; story(1) {outcome(call)}, and closed is "
        f"{closed} when aclose() has returned; expected [True].{agency}"
    )


@pytest.mark.task(4)
async def test_a_failing_close_ends_the_thread_too(agency: Agency) -> None:
    """What the client's `close` raises comes out of `aclose`, and the thread ends."""
    async with agency.bridge() as bridge:
        await agency.answer(bridge, 1)
        error = agency.fails("close()", WireError("line is dead"))
        closing = asyncio.create_task(bridge.aclose())
        await agency.soon(closing)
        raised = closing.exception() if closing.done() and not closing.cancelled() else None

        assert raised is error, (
            f"aclose(), for which close() raises {error!r}: it {outcome(closing)}; "
            f"expected that error.{agency}"
        )
        assert await ends(agency.thread), (
            f"aclose(), for which close() raises {error!r}: thread {agency.thread.name} goes on; "
            f"expected it to end.{agency}"
        )


@pytest.mark.task(4)
async def test_an_unused_bridge_has_nothing_to_close(agency: Agency) -> None:
    """Without a call before, `aclose` returns and logs nobody in."""
    async with agency.bridge() as bridge:
        await agency.close(bridge)

    assert not agency.log, f"aclose() of a bridge without a call; expected no use.{agency}"


@pytest.mark.task(4)
async def test_a_second_close_does_nothing(agency: Agency) -> None:
    """`aclose` may be called again: it returns, and the client is closed once."""
    async with agency.bridge() as bridge:
        await agency.answer(bridge, 1)
        await agency.close(bridge)
        await agency.close(bridge)

    assert agency.times("close()") == 1, (
        f"aclose(), twice: {agency.times('close()')} times close(); expected 1.{agency}"
    )
