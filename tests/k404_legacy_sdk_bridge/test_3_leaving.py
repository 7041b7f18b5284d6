"""Callers who leave: they go at once, and disturb nobody."""

import asyncio
import gc
from typing import Any

import pytest

from dojo.instruments.rendezvous import settle
from katas.k404_legacy_sdk_bridge.wire import WireError
from tests.k404_legacy_sdk_bridge.agency import Agency, outcome, passed_on, succeeded


@pytest.mark.task(2)
@pytest.mark.parametrize("held", ["login", "fetch(1)"])
async def test_a_caller_who_leaves_is_let_go_at_once(agency: Agency, held: str) -> None:
    """A cancelled caller does not wait for the end of the call, nor for that of the login."""
    agency.hold(held)
    async with agency.bridge() as bridge:
        call = agency.call(bridge, 1)
        await agency.reached(held)
        call.cancel()
        await agency.soon(call)
        seen = outcome(call)

    assert seen == "raised CancelledError", (
        f"story(1), cancelled while the agency lets {held} wait: "
        f"it {seen}; expected CancelledError at once."
    )


@pytest.mark.task(2)
async def test_a_caller_who_leaves_disturbs_nobody(agency: Agency) -> None:
    """A call goes on without its caller, on the same client; the next ones get their answers."""
    agency.hold("fetch(1)")
    async with agency.bridge() as bridge:
        left = agency.call(bridge, 1)
        await agency.reached("fetch(1)")
        waiting = agency.call(bridge, 2)
        await settle()
        left.cancel()
        await settle()
        before = agency.messages
        agency.release()
        await agency.soon(waiting)
        after = await agency.answer(bridge, 3)

    assert before == ["login", "fetch(1)"], (
        f"story(1), cancelled during fetch(1), which goes on: meanwhile {before} were sent; "
        f"expected nothing else on this client before fetch(1) has ended.{agency}"
    )
    answers = dict(agency.sent)
    expected = [f"returned {answers.get(f'fetch({number})')!r}" for number in (2, 3)]
    assert [outcome(waiting), f"returned {after!r}"] == expected, (
        f"story(1), cancelled during fetch(1); then story(2) {outcome(waiting)} and story(3) "
        f"returned {after!r}; expected {expected}.{agency}"
    )
    logins = agency.messages.count("login")
    assert logins == 1, (
        f"story(1), cancelled during fetch(1), then story(2) and story(3): {logins} logins; "
        f"expected 1.{agency}"
    )


@pytest.mark.task(2)
async def test_a_call_that_has_not_begun_is_not_made(agency: Agency) -> None:
    """A caller who leaves while others are served costs the agency nothing."""
    agency.hold("fetch(1)")
    async with agency.bridge() as bridge:
        first = agency.call(bridge, 1)
        await agency.reached("fetch(1)")
        second, third = agency.call(bridge, 2), agency.call(bridge, 3)
        await settle()
        second.cancel()
        await agency.soon(second)
        agency.release()
        await agency.soon(first, third)

    assert succeeded(third), (
        "story(1), story(2), story(3); the second is cancelled while it waits for the first: "
        f"story(3) {outcome(third)}; expected an answer.{agency}"
    )
    assert "fetch(2)" not in agency.messages, (
        "story(1), story(2), story(3); the second is cancelled while it waits for the first: "
        f"fetch(2) was sent all the same; expected it not to be.{agency}"
    )


@pytest.mark.task(2)
async def test_a_login_outlives_its_caller(agency: Agency) -> None:
    """When the first caller leaves during the login, the next one uses the client of that login."""
    agency.hold("login")
    async with agency.bridge() as bridge:
        left = agency.call(bridge, 1)
        await agency.reached("login")
        left.cancel()
        await agency.soon(left)
        call = agency.call(bridge, 2)
        await settle()
        agency.release()
        await agency.soon(call)

    logins = agency.messages.count("login")
    assert logins == 1, (
        f"story(1), cancelled during the login, then story(2): {logins} logins; expected 1.{agency}"
    )
    assert succeeded(call), (
        f"story(1), cancelled during the login, then story(2): it {outcome(call)}; "
        f"expected an answer.{agency}"
    )


@pytest.mark.task(2)
@pytest.mark.parametrize("held", ["login", "fetch(1)"])
async def test_an_abandoned_call_may_fail(agency: Agency, held: str) -> None:
    """An error that nobody waits for any more does no harm: the next callers get answers."""
    agency.hold(held)
    async with agency.bridge() as bridge:
        left = agency.call(bridge, 1)
        await agency.reached(held)
        error = agency.fails(held, WireError("out of order"))
        left.cancel()
        await agency.soon(left)
        waiting = agency.call(bridge, 2)
        await settle()
        agency.release()
        await agency.soon(waiting)
        # That login was for whoever was there, so it may be told of its failure.
        told = held == "login" and passed_on(waiting, error)
        assert told or succeeded(waiting), (
            f"story(1), cancelled during {held}, which then fails; story(2) waits meanwhile: "
            f"it {outcome(waiting)}; expected an answer.{agency}"
        )

        await agency.answer(bridge, 3)


@pytest.mark.task(2)
@pytest.mark.parametrize("fails", [False, True], ids=["answer", "error"])
@pytest.mark.parametrize("held", ["login", "fetch(1)"])
async def test_a_caller_who_leaves_is_no_error_of_the_loop(
    agency: Agency, held: str, fails: bool
) -> None:
    """What comes of an abandoned call is dropped in silence, without a traceback of the loop."""
    complaints: list[str] = []

    def note(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        complaints.append(f"{context['message']} ({context.get('exception')!r})")

    asyncio.get_running_loop().set_exception_handler(note)
    agency.hold(held)
    async with agency.bridge() as bridge:
        left = agency.call(bridge, 1)
        await agency.reached(held)
        if fails:
            agency.fails(held, WireError("out of order"))
        left.cancel()
        waiting = agency.call(bridge, 2)
        await settle()
        agency.release()
        # Comes behind it in the line, so it is over when this one has ended.
        await agency.soon(left, waiting)
        # The loop logs an error that nobody has looked at when nothing holds it any more.
        agency.forget(left)
        del left
        gc.collect()

    then = "fails" if fails else "is answered"
    assert not complaints, (
        f"story(1), cancelled during {held}, which then {then}: the loop logs "
        f"{complaints[0]}; expected nothing.{agency}"
    )
