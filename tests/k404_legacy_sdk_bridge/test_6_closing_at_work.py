"""The end of a bridge that is at work: after what was accepted, and nothing more is."""

import pytest

from dojo.instruments.rendezvous import settle
from tests.k404_legacy_sdk_bridge.agency import Agency, error_of, outcome, succeeded


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
    """With as many calls unfinished as may be, `aclose` still closes the client."""
    agency.hold("fetch(0)")
    async with agency.bridge(most=1) as bridge:
        agency.call(bridge, 0)
        await agency.reached("fetch(0)")
        closing = agency.close(bridge)
        await settle()
        agency.release()
        await agency.reached("close()")
        await agency.soon(closing)

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
