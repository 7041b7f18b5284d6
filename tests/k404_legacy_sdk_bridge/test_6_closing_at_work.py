"""The end of a bridge that is at work: after what was accepted, and nothing more is."""

import pytest

from dojo.instruments.rendezvous import settle
from katas.k404_legacy_sdk_bridge.wire import WireError
from tests.k404_legacy_sdk_bridge.agency import (
    Agency,
    error_of,
    outcome,
    passed_on,
    succeeded,
)


@pytest.mark.task(4)
async def test_finishes_what_was_accepted(agency: Agency) -> None:
    """Calls that were under way or waiting are answered before the client is closed."""
    agency.hold("fetch(1)")
    async with agency.bridge() as bridge:
        calls = [agency.call(bridge, 1)]
        await agency.reached("fetch(1)")
        calls += [agency.call(bridge, number) for number in (2, 3)]
        await settle()
        closing = agency.close(bridge)
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


@pytest.mark.task(4)
@pytest.mark.parametrize("leaves", [1, 2])
async def test_a_caller_who_leaves_does_not_stop_the_end(agency: Agency, leaves: int) -> None:
    """When a caller leaves during `aclose`, the other one is answered, and the client closed."""
    agency.hold("fetch(1)")
    async with agency.bridge() as bridge:
        calls = {1: agency.call(bridge, 1)}
        await agency.reached("fetch(1)")
        calls[2] = agency.call(bridge, 2)
        await settle()
        closing = agency.close(bridge)
        await settle()
        left = calls.pop(leaves)
        left.cancel()
        await agency.soon(left)
        agency.release()
        await agency.soon(closing, *calls.values())
        for task in (*calls.values(), closing):
            assert succeeded(task), (
                f"story(1), story(2), aclose() during the first; story({leaves}) is cancelled: "
                f"{task.get_name()} {outcome(task)}; expected it to return.{agency}"
            )

        await agency.reached("close()")


@pytest.mark.task(4)
async def test_takes_no_more_from_then_on(agency: Agency) -> None:
    """Once `aclose` is called, `story` raises RuntimeError, and nobody logs in any more."""
    agency.hold("fetch(1)")
    async with agency.bridge() as bridge:
        call = agency.call(bridge, 1)
        await agency.reached("fetch(1)")
        closing = agency.close(bridge)
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
        assert isinstance(error_of(late), RuntimeError), (
            f"story() {when} aclose(): it {seen[when]}; expected a RuntimeError at once.{agency}"
        )
    logins = agency.messages.count("login")
    assert logins == 1, f"story() after aclose(): {logins} logins; expected 1.{agency}"


@pytest.mark.task(4)
async def test_closes_a_bridge_that_is_full(agency: Agency) -> None:
    """With as many calls unfinished as may be, `aclose` closes, and `story` says so."""
    agency.hold("fetch(0)")
    async with agency.bridge(most=1) as bridge:
        agency.call(bridge, 0)
        await agency.reached("fetch(0)")
        closing = agency.close(bridge)
        await settle()
        late = agency.call(bridge, 1)
        await agency.soon(late)
        seen, refused = outcome(late), error_of(late)
        agency.release()
        await agency.reached("close()")
        await agency.soon(closing)

    assert isinstance(refused, RuntimeError), (
        f"most=1, aclose() during fetch(0), then story(1): it {seen}; "
        f"expected a RuntimeError at once.{agency}"
    )
    assert succeeded(closing), (
        f"most=1, aclose() during fetch(0): it {outcome(closing)}; expected it to return.{agency}"
    )


@pytest.mark.task(4)
async def test_closes_a_client_that_is_being_made(agency: Agency) -> None:
    """An `aclose` during the login lets the call be answered, then closes the new client."""
    agency.hold("login")
    async with agency.bridge() as bridge:
        call = agency.call(bridge, 1)
        await agency.reached("login")
        closing = agency.close(bridge)
        await settle()
        agency.release()
        await agency.reached("close()")
        await agency.soon(call, closing)

    for task in (call, closing):
        assert succeeded(task), (
            f"story(1), then aclose() during the login: {task.get_name()} {outcome(task)}; "
            f"expected it to return.{agency}"
        )


@pytest.mark.task(4)
@pytest.mark.parametrize("fails", [False, True], ids=["client", "login fails"])
async def test_closes_a_client_that_nobody_waits_for(agency: Agency, fails: bool) -> None:
    """`aclose` waits for a login whose caller has left, and closes the client, if it makes one."""
    agency.hold("login")
    async with agency.bridge() as bridge:
        left = agency.call(bridge, 1)
        await agency.reached("login")
        if fails:
            agency.fails("login", WireError("out of order"))
        left.cancel()
        await agency.soon(left)
        closing = agency.close(bridge)
        await settle()
        early = outcome(closing) if closing.done() else None
        agency.release()
        await agency.soon(closing)
        used = agency.messages

    login = "a login that fails" if fails else "the login"
    situation = f"story(1), cancelled during {login}, then aclose()"
    assert early is None, (
        f"{situation}: it {early} while the login is under way; expected it to wait.{agency}"
    )
    assert succeeded(closing), f"{situation}: it {outcome(closing)}; expected it to return.{agency}"
    expected = "no more use" if fails else "the new client to be closed"
    assert used == ["login"] if fails else used[-1] == "close()", (
        f"{situation}, which has returned; expected {expected}.{agency}"
    )


@pytest.mark.task(4)
async def test_an_accepted_call_logs_in_anew(agency: Agency) -> None:
    """When a login fails during `aclose`, the next call that was accepted logs in anew."""
    agency.hold("login")
    async with agency.bridge() as bridge:
        error = agency.fails("login", WireError("out of order"))
        first = agency.call(bridge, 1)
        await agency.reached("login")
        second = agency.call(bridge, 2)
        await settle()
        closing = agency.close(bridge)
        await settle()
        agency.release()
        await agency.soon(first, second, closing)
        used = agency.messages

    situation = "story(1) and story(2), then aclose() during a login that fails"
    assert passed_on(first, error), (
        f"{situation}: story(1) {outcome(first)}; expected the error of the login.{agency}"
    )
    for task in (second, closing):
        assert succeeded(task), (
            f"{situation}: {task.get_name()} {outcome(task)}; expected it to return.{agency}"
        )
    assert used[-1] == "close()", f"{situation}; expected the second client to be closed.{agency}"
