"""One client for all callers, made at the first call."""

import threading

import pytest

from dojo.instruments.rendezvous import settle
from katas.k404_legacy_sdk_bridge.bridge import WireBridge
from katas.k404_legacy_sdk_bridge.wire import WireClient
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
