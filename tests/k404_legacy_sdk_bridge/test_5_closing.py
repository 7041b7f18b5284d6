"""The end of a bridge that is at rest: on the client's own thread, and for good."""

import pytest

from dojo.instruments.rendezvous import settle
from katas.k404_legacy_sdk_bridge.wire import WireError
from tests.k404_legacy_sdk_bridge.agency import Agency, ends, error_of, outcome, succeeded


@pytest.mark.task(4)
async def test_closes_the_client_on_its_own_thread(agency: Agency) -> None:
    """The client is closed by the thread that has made it, and `aclose` waits for that."""
    async with agency.bridge() as bridge:
        await agency.answer(bridge, 1)
        agency.hold("close()")
        closing = agency.close(bridge)
        await agency.reached("close()")
        await settle()
        early = outcome(closing) if closing.done() else None
        agency.release()
        await agency.soon(closing)

    used = {entry.thread for entry in agency.log}
    assert used == {agency.thread}, (
        "story(1), then aclose(): the client was used on "
        f"{', '.join(sorted(thread.name for thread in used))}; expected one thread.{agency}"
    )
    assert early is None, (
        f"aclose(), while the agency lets close() wait: it {early}; expected it to wait.{agency}"
    )
    assert succeeded(closing), (
        f"aclose(), when close() is done: it {outcome(closing)}; expected it to return.{agency}"
    )


@pytest.mark.task(4)
async def test_ends_its_thread(agency: Agency) -> None:
    """After `aclose` the thread of the client ends."""
    async with agency.bridge() as bridge:
        await agency.answer(bridge, 1)
        await agency.closed(bridge)

        assert await ends(agency.thread), (
            f"story(1), then aclose(), which has returned: thread {agency.thread.name} goes on; "
            f"expected it to end.{agency}"
        )


@pytest.mark.task(4)
async def test_a_failing_close_ends_the_thread_too(agency: Agency) -> None:
    """What the client's `close` raises comes out of `aclose`, and the thread ends."""
    async with agency.bridge() as bridge:
        await agency.answer(bridge, 1)
        error = agency.fails("close()", WireError("line is dead"))
        agency.hold("close()")
        closing = agency.close(bridge)
        await agency.reached("close()")
        agency.release()
        await agency.soon(closing)

        assert error_of(closing) is error, (
            f"aclose(), for which close() raises {error!r}: it {outcome(closing)}; "
            f"expected that error.{agency}"
        )
        assert await ends(agency.thread), (
            f"aclose(), for which close() raises {error!r}: thread {agency.thread.name} goes on; "
            f"expected it to end.{agency}"
        )


@pytest.mark.task(4)
@pytest.mark.parametrize("before", [[], ["login"]], ids=["unused", "login failed"])
async def test_without_a_client_there_is_nothing_to_close(
    agency: Agency, before: list[str]
) -> None:
    """Without a call before, or after a login that failed, `aclose` returns and does nothing."""
    async with agency.bridge() as bridge:
        if before:
            agency.fails("login", WireError("out of order"))
            await agency.soon(agency.call(bridge, 1))
        closing = agency.close(bridge)
        await agency.soon(closing)

    assert succeeded(closing), (
        f"aclose() of a bridge without a client: it {outcome(closing)}; "
        f"expected it to return.{agency}"
    )
    assert agency.messages == before, (
        f"aclose() of a bridge without a client; expected no more use than {before}.{agency}"
    )


@pytest.mark.task(4)
async def test_a_second_close_does_nothing(agency: Agency) -> None:
    """`aclose` may be called again: it returns, and the client is closed once."""
    async with agency.bridge() as bridge:
        await agency.answer(bridge, 1)
        await agency.closed(bridge)
        again = agency.close(bridge)
        await agency.soon(again)

    assert succeeded(again), (
        f"aclose(), a second time: it {outcome(again)}; expected it to return.{agency}"
    )
    closes = agency.messages.count("close()")
    assert closes == 1, f"aclose(), twice: {closes} times close(); expected 1.{agency}"
