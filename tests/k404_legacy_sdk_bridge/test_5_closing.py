"""The end of a bridge that is at rest: on the client's own thread, and for good."""

import pytest

from dojo.instruments.rendezvous import settle
from katas.k404_legacy_sdk_bridge.wire import WireError
from tests.k404_legacy_sdk_bridge.agency import (
    Agency,
    ends,
    error_of,
    outcome,
    passed_on,
    succeeded,
)


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
@pytest.mark.parametrize("kind", [WireError, OSError])
async def test_a_failing_close_ends_the_thread_too(agency: Agency, kind: type[Exception]) -> None:
    """What the client's `close` raises comes out of `aclose`, and the thread ends."""
    async with agency.bridge() as bridge:
        await agency.answer(bridge, 1)
        error = agency.fails("close()", kind("line is dead"))
        agency.hold("close()")
        closing = agency.close(bridge)
        await agency.reached("close()")
        agency.release()
        await agency.soon(closing)

        assert passed_on(closing, error), (
            f"aclose(), for which close() raises {error!r}: it {outcome(closing)}; "
            f"expected the very object that was raised.{agency}"
        )
        assert await ends(agency.thread), (
            f"aclose(), for which close() raises {error!r}: thread {agency.thread.name} goes on; "
            f"expected it to end.{agency}"
        )
        again = agency.close(bridge)
        await agency.soon(again)

    assert succeeded(again), (
        f"aclose(), for which close() raised {error!r}, then aclose() a second time: it "
        f"{outcome(again)}; expected it to return.{agency}"
    )


@pytest.mark.task(4)
@pytest.mark.parametrize("before", [[], ["login"]], ids=["unused", "login failed"])
async def test_without_a_client_there_is_nothing_to_close(
    agency: Agency, before: list[str]
) -> None:
    """Without a call before, or after a login that failed, `aclose` makes and closes nothing."""
    async with agency.bridge() as bridge:
        if before:
            agency.fails("login", WireError("out of order"))
            await agency.soon(agency.call(bridge, 1))
        closing = agency.close(bridge)
        await agency.soon(closing)
        used = agency.messages
        late = agency.call(bridge, 2)
        await agency.soon(late)
        ended = not used or await ends(agency.thread)

    assert succeeded(closing), (
        f"aclose() of a bridge without a client: it {outcome(closing)}; "
        f"expected it to return.{agency}"
    )
    assert used == before, (
        f"aclose() of a bridge without a client; expected no more use than {before}.{agency}"
    )
    assert isinstance(error_of(late), RuntimeError), (
        f"story(2) after aclose() of a bridge without a client: it {outcome(late)}; "
        f"expected a RuntimeError.{agency}"
    )
    assert ended, (
        f"story(1), whose login fails, then aclose(): thread {agency.thread.name} goes on; "
        f"expected it to end.{agency}"
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


@pytest.mark.task(4)
async def test_outlives_another_bridge(agency: Agency) -> None:
    """The end of one bridge is not the end of another."""
    async with agency.bridge() as first, agency.bridge() as second:
        await agency.answer(first, 1)
        await agency.answer(second, 2)
        await agency.closed(first)
        after = agency.call(second, 3)
        await agency.soon(after)

    assert succeeded(after), (
        f"story(3) of a second bridge, after aclose() of the first one: it {outcome(after)}; "
        f"expected an answer.{agency}"
    )
