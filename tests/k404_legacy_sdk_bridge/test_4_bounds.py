"""The limit: who comes too late, and when there is room again."""

import pytest

from dojo.instruments.clock import Clock
from dojo.instruments.rendezvous import settle
from katas.k404_legacy_sdk_bridge.bridge import Busy, WireBridge
from katas.k404_legacy_sdk_bridge.wire import WireError
from tests.k404_legacy_sdk_bridge.agency import Agency, error_of, outcome, succeeded


@pytest.mark.task(3)
@pytest.mark.parametrize("held", ["login", "fetch(0)"])
@pytest.mark.parametrize("most", [1, 3])
async def test_one_too_many_is_refused_at_once(
    agency: Agency, clock: Clock, most: int, held: str
) -> None:
    """With as many calls unfinished as may be, any more raise Busy, and ask nobody."""
    agency.hold(held)
    async with agency.bridge(most) as bridge:
        calls = [agency.call(bridge, 0)]
        await agency.reached(held)
        calls += [agency.call(bridge, number) for number in range(1, most)]
        await settle()
        asked = clock.now
        late = [agency.call(bridge, number) for number in (99, 98)]
        await agency.soon(*late)
        seen = [(outcome(call), error_of(call)) for call in late]
        waited = clock.now - asked
        agency.release()
        await agency.soon(*calls, *late)

    situation = f"most={most}, {held} under way, {most - 1} waiting"
    for after, (became, refused) in zip(("", ", after one refusal,"), seen, strict=True):
        assert isinstance(refused, Busy), (
            f"One more story(){after} with {situation}: it {became}; expected Busy at once.{agency}"
        )
    assert waited == 0, (
        f"One more story() with {situation}: refused after {waited:g} s; expected at once.{agency}"
    )
    assert "fetch(99)" not in agency.messages, (
        f"story(99) with {situation}: refused, and fetch(99) sent; expected it not to be.{agency}"
    )
    for call in calls:
        assert succeeded(call), (
            f"{most} calls with most={most}: {call.get_name()} {outcome(call)}; "
            f"expected an answer.{agency}"
        )


async def check_room(agency: Agency, bridge: WireBridge, most: int, situation: str) -> None:
    """Fail unless *most* calls at once are taken, and not one more."""
    numbers = range(100, 100 + most)
    agency.hold(*(f"fetch({number})" for number in numbers))
    calls = [agency.call(bridge, number) for number in numbers]
    await settle()
    late = agency.call(bridge, 99)
    await agency.soon(late)
    seen, refused = outcome(late), error_of(late)
    agency.release()
    await agency.soon(*calls, late)
    for call in calls:
        assert succeeded(call), (
            f"most={most}; {situation}, then {most} calls at once: {call.get_name()} "
            f"{outcome(call)}; expected room for all {most}.{agency}"
        )
    assert isinstance(refused, Busy), (
        f"most={most}; {situation}, then {most} calls at once and one more: the last one {seen}; "
        f"expected Busy at once.{agency}"
    )


@pytest.mark.task(3)
async def test_an_answer_makes_room(agency: Agency) -> None:
    """After any number of answers there is room for as many as before."""
    async with agency.bridge(most=2) as bridge:
        for number in range(3):
            await agency.answer(bridge, number)

        await check_room(agency, bridge, 2, "3 calls are answered")


@pytest.mark.task(3)
@pytest.mark.parametrize("what", ["login", "fetch({})"])
async def test_an_error_makes_room(agency: Agency, what: str) -> None:
    """After any number of errors, those of the login too, there is room for as many as before."""
    async with agency.bridge(most=2) as bridge:
        for number in range(3):
            agency.fails(what.format(number), WireError("out of order"))
            await agency.soon(agency.call(bridge, number))

        failed = "3 logins" if what == "login" else "3 calls"
        await check_room(agency, bridge, 2, f"{failed} fail")


@pytest.mark.task(3)
async def test_who_leaves_the_line_makes_room_at_once(agency: Agency) -> None:
    """A call that is cancelled while it waits gives its place to the next one at once."""
    agency.hold("fetch(1)")
    async with agency.bridge(most=2) as bridge:
        under_way = agency.call(bridge, 1)
        await agency.reached("fetch(1)")
        left = agency.call(bridge, 2)
        await settle()
        left.cancel()
        await agency.soon(left)
        await settle()
        late = agency.call(bridge, 3)
        await settle()
        seen = outcome(late) if late.done() else None
        agency.release()
        await agency.soon(under_way, late)

    situation = "most=2, fetch(1) under way, story(2) cancelled while it waits; then story(3)"
    assert seen is None, f"{situation} {seen}; expected it to take the place of story(2).{agency}"
    assert succeeded(late), f"{situation} {outcome(late)}; expected an answer.{agency}"


@pytest.mark.task(3)
async def test_a_caller_who_leaves_makes_room(agency: Agency) -> None:
    """When abandoned calls are over, there is room for as many as before."""
    async with agency.bridge(most=3) as bridge:
        for number in (0, 10):
            agency.hold(f"fetch({number})")
            under_way = agency.call(bridge, number)
            await agency.reached(f"fetch({number})")
            waiting = agency.call(bridge, number + 1)
            await settle()
            under_way.cancel()
            waiting.cancel()
            await agency.soon(under_way, waiting)
            # Comes behind both in the line, so they are over when it is answered.
            last = agency.call(bridge, number + 2)
            await settle()
            agency.release()
            await agency.soon(last)

        await check_room(agency, bridge, 3, "4 callers leave, 2 of them while they wait")
