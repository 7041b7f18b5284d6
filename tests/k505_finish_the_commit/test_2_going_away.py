"""A reader goes away in the middle of a payment: it is finished, and so is the request."""

import asyncio

import pytest
from asgiref.sync import sync_to_async

from dojo.instruments.connections import Connections
from dojo.instruments.rendezvous import settle
from tests.k505_finish_the_commit.bank import MOMENTS, Stored, stored
from tests.k505_finish_the_commit.desk import (
    CLOSED,
    MONTHS,
    PAID,
    READER,
    SECOND,
    SUITE,
    THIRD,
    URL,
    Desk,
    check,
    check_charged,
    check_stored,
)

pytestmark = SUITE


@pytest.mark.task(1)
@pytest.mark.parametrize("moment", MOMENTS, ids=["bank", "transaction"])
async def test_the_view_waits(desk: Desk, moment: str) -> None:
    """The reader goes away: the view does not end or free the terminal before the payment has."""
    async with desk.paying(moment=moment) as visit:
        await visit.leave()
        await asyncio.sleep(600)
        visit.expect_to_be_there("ten minutes after the reader had gone")
        how = await visit.end()

    check(
        how == "cancelled",
        f"{visit.call}, and who then went away: ten minutes later the view {how}; expected "
        "CancelledError to come out of it.",
    )


@pytest.mark.task(1)
@pytest.mark.parametrize("moment", MOMENTS, ids=["bank", "transaction"])
async def test_pays_exactly_once(desk: Desk, moment: str) -> None:
    """The reader goes away: the card is charged once, and that is stored once."""
    async with desk.paying(moment=moment) as visit:
        visit.conversation.disconnect()
        await settle()
        await visit.end()

    call = f"{visit.call}, and who then went away"
    check_charged(call, desk.bank.charged, READER)
    check_stored(call, await sync_to_async(stored)(), PAID)


@pytest.mark.task(1)
async def test_the_terminal_stays_in_use(desk: Desk) -> None:
    """The reader goes away: the next one gets the terminal when the payment has ended."""
    async with desk.paying() as visit, desk.visit(SECOND) as second:
        visit.conversation.disconnect()
        await settle()
        await visit.end()
        how = await desk.outcome(SECOND, second)

    check(
        desk.bank.confused == [],
        f"{visit.call}, and who then went away; {SECOND} came next, and was charged while the "
        "terminal was in use; expected terminal.free to be held until the payment had ended.",
    )
    check(
        how == "answered 201",
        f"POST {URL} by {SECOND}, when {READER} had gone away and the payment had ended: the view "
        f"{how}; expected a 201.",
    )
    both = Stored((READER, SECOND), ((READER, MONTHS), (SECOND, MONTHS)))
    check_stored(f"after {READER}, {SECOND} has paid", await sync_to_async(stored)(), both)


@pytest.mark.task(2)
@pytest.mark.parametrize("moment", MOMENTS, ids=["bank", "transaction"])
async def test_the_cancellation_travels_on(desk: Desk, moment: str) -> None:
    """The reader goes away: in the end, CancelledError comes out, and no response is sent."""
    async with desk.paying(moment=moment) as visit:
        visit.conversation.disconnect()
        await settle()
        how = await visit.end()

    sent = [message["type"] for message in visit.conversation.sent]
    check(
        (how, sent) == ("cancelled", []),
        f"{visit.call}, and who then went away: in the end the view {how}, and {sent} was sent; "
        "expected CancelledError to come out of it, and nothing to be sent.",
    )


@pytest.mark.task(2)
async def test_leaves_the_queue_at_once(desk: Desk) -> None:
    """A reader who goes away while another one pays is let go at once, and never charged."""
    async with desk.paying() as visit, desk.visit(SECOND) as second:
        await settle()
        second.disconnect()
        await settle()
        how = desk.ended.get(SECOND, "was still waiting")
        visit.expect_to_be_there(f"when {SECOND}, who was next, had gone away")
        await visit.end()

    check(
        how == "cancelled",
        f"POST {URL} by {SECOND}, who went away while the terminal was in use: the view {how}; "
        "expected it to be cancelled at once: no payment had begun.",
    )
    call = f"POST {URL} by {SECOND}, who went away while {READER} paid"
    check_charged(call, desk.bank.charged, READER)


@pytest.mark.task(2)
async def test_leaves_the_terminal_to_the_next(desk: Desk) -> None:
    """A reader who has left the queue does not get the terminal: the next one does, and pays."""
    async with desk.paying() as visit, desk.visit(SECOND) as second:
        await settle()
        second.disconnect()
        await settle()
        await visit.end()
        async with desk.visit(THIRD) as third:
            how = await desk.outcome(THIRD, third)

    check(
        how == "answered 201",
        f"POST {URL} by {THIRD}, when {SECOND} had gone away while {READER} paid, and {READER} had "
        f"paid: the view {how}; expected a 201.",
    )


@pytest.mark.task(5)
async def test_no_connection_is_left(desk: Desk, connections_opened: Connections) -> None:
    """The reader goes away: when the request is over, no connection is open."""
    async with desk.paying() as visit:
        visit.conversation.disconnect()
        await settle()
        await visit.end()
        left = connections_opened.open

    assert not left, left.explain(
        f"{visit.call}, and who then went away: connections that stay open", expected=CLOSED
    )
