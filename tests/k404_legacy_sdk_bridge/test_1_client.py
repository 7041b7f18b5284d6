"""One client for all callers, made at the first call."""

import asyncio
import threading

import pytest

from dojo.instruments.rendezvous import settle
from katas.k404_legacy_sdk_bridge.bridge import WireBridge
from katas.k404_legacy_sdk_bridge.wire import WireClient
from tests.k404_legacy_sdk_bridge.agency import Agency, outcome, succeeded


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

    logins = agency.messages.count("login")
    assert logins == 1, f"5 calls of story() at once: {logins} logins; expected 1.{agency}"
    used = {entry.thread for entry in agency.log}
    assert used == {agency.thread}, (
        f"5 calls of story() at once: {len(used)} threads have used the client; expected 1.{agency}"
    )


@pytest.mark.task(1)
async def test_callers_are_served_in_order(agency: Agency) -> None:
    """The agency is asked one thing at a time, in order, and each caller gets its own answer."""
    numbers = [3, 1, 2, 5, 4]
    agency.hold("login")
    async with agency.bridge() as bridge:
        calls = [agency.call(bridge, numbers[0])]
        await agency.reached("login")
        calls += [agency.call(bridge, number) for number in numbers[1:]]
        await settle()
        before = agency.messages
        agency.release()
        await agency.soon(*calls)

    assert before == ["login"], (
        f"story() for {numbers}, while the agency lets the login wait: {before} were sent; "
        f"expected nothing else before it is over.{agency}"
    )
    asked = [message for message in agency.messages if message.startswith("fetch")]
    assert asked == [f"fetch({number})" for number in numbers], (
        f"story() for {numbers}, during the login: the agency was asked for {asked}; "
        f"expected the order of the calls.{agency}"
    )
    answers = dict(agency.sent)
    for number, call in zip(numbers, calls, strict=True):
        expected = answers.get(f"fetch({number})")
        assert outcome(call) == f"returned {expected!r}", (
            f"story() for {numbers}, during the login: story({number}) {outcome(call)}; "
            f"expected {expected!r}.{agency}"
        )


@pytest.mark.task(1)
async def test_each_caller_has_a_call_of_its_own(agency: Agency) -> None:
    """Two callers who ask for the same story at the same time get an answer each."""
    agency.hold("fetch(1)")
    async with agency.bridge() as bridge:
        first = agency.call(bridge, 1)
        await agency.reached("fetch(1)")
        calls = [agency.call(bridge, 7), agency.call(bridge, 7)]
        await settle()
        agency.release()
        await agency.soon(first, *calls)

    sent = [answer for message, answer in agency.sent if message == "fetch(7)"]
    seen = [outcome(call) for call in calls]
    assert len(sent) == 2, (
        f"story(7), twice at once: {len(sent)} times fetch(7); expected one each.{agency}"
    )
    assert seen == [f"returned {answer!r}" for answer in sent], (
        f"story(7), twice at once: {' and '.join(seen)}; the agency has sent {sent!r}; "
        f"expected an answer for each caller.{agency}"
    )


@pytest.mark.task(1)
async def test_a_call_takes_as_long_as_it_takes(agency: Agency) -> None:
    """A call that the agency answers after a quarter of an hour is answered."""
    agency.hold("fetch(1)")
    async with agency.bridge() as bridge:
        call = agency.call(bridge, 1)
        await agency.reached("fetch(1)")
        await asyncio.sleep(900)
        seen = outcome(call) if call.done() else None
        agency.release()
        await agency.soon(call)

    assert seen is None, (
        f"story(1), while the agency lets fetch(1) wait for 900 s: it {seen}; "
        f"expected no time limit.{agency}"
    )
    assert succeeded(call), (
        f"story(1), answered after 900 s: it {outcome(call)}; expected the answer.{agency}"
    )
