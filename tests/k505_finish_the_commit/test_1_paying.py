"""Paying, when nobody goes away: what works, and has to go on working."""

import asyncio
import json
import threading

import pytest
from asgiref.sync import sync_to_async

from dojo.instruments.connections import Connections
from dojo.instruments.orm_guard import Queries
from dojo.instruments.rendezvous import settle
from katas.k505_finish_the_commit.bank import terminal
from tests.k505_finish_the_commit.bank import Stored, stored
from tests.k505_finish_the_commit.desk import (
    CLOSED,
    MONTHS,
    PAID,
    READER,
    SECOND,
    SUITE,
    URL,
    Desk,
    check,
    check_charged,
    check_stored,
)

pytestmark = SUITE


@pytest.mark.task(5)
async def test_answers_with_the_receipt(desk: Desk) -> None:
    """A payment is answered with 201, the reader and the receipt."""
    async with desk.visit(READER) as conversation:
        answer = await conversation.response()

    check(answer.status == 201, f"POST {URL} {desk.ended.get(READER, '')}; expected 201.")
    expected = {"reader": READER, "receipt": desk.bank.receipts.get(READER)}
    check(
        json.loads(answer.body) == expected,
        f"POST {URL} answered {answer.body.decode()}; expected {json.dumps(expected)}.",
    )


@pytest.mark.task(5)
async def test_stores_the_payment(desk: Desk) -> None:
    """A payment is charged and stored, once."""
    async with desk.visit(READER) as conversation:
        await conversation.response()

    check_charged(f"POST {URL} by {READER}", desk.bank.charged, READER)
    check_stored(f"POST {URL} by {READER}", await sync_to_async(stored)(), PAID)


@pytest.mark.task(5)
async def test_an_error_is_an_error(desk: Desk) -> None:
    """If the bank's line is down, the error comes out of the view, as a 500."""
    desk.bank.fails = ConnectionError("the line is down")
    async with desk.visit(READER) as conversation:
        answer = await conversation.response()

    how = desk.ended.get(READER, "ended without an answer")
    check(
        answer.status == 500 and how.startswith("raised"),
        f"POST {URL}, with a bank that raises {desk.bank.fails!r}: the view {how}; expected the "
        "view to raise it (Django makes a 500 of it).",
    )


@pytest.mark.task(1)
async def test_an_error_frees_the_terminal(desk: Desk) -> None:
    """If a payment fails with its reader there, the terminal is free for the next one."""
    desk.bank.fails = ConnectionError("the line is down")
    async with desk.visit(READER) as conversation:
        await conversation.response()
    desk.bank.fails = None
    async with desk.visit(SECOND) as conversation:
        how = await desk.outcome(SECOND, conversation)

    check(
        how == "answered 201",
        f"POST {URL} by {SECOND}, after a payment that failed with its reader there: the view "
        f"{how}; expected a 201.",
    )


@pytest.mark.task(5)
async def test_only_post_pays(desk: Desk) -> None:
    """A GET answers 405, and charges nobody."""
    async with desk.asgi("GET", URL) as conversation:
        answer = await conversation.response()

    check(
        (answer.status, desk.bank.charged) == (405, []),
        f"GET {URL} answered {answer.status}, charged: {desk.bank.charged}; expected 405 and [].",
    )


@pytest.mark.task(5)
async def test_waits_for_the_terminal(desk: Desk) -> None:
    """While somebody else holds `terminal.free`, nobody is charged."""
    await terminal.free.acquire()
    async with desk.visit(READER) as conversation:
        await settle()
        charged = list(desk.bank.charged)
        terminal.free.release()
        how = await desk.outcome(READER, conversation)

    call = f"POST {URL} by {READER}, while the test held terminal.free"
    check_charged(call, charged)
    check(how == "answered 201", f"{call}, and then let go: the view {how}; expected a 201.")


@pytest.mark.task(5)
async def test_one_payment_at_a_time(desk: Desk) -> None:
    """A second reader waits until the terminal is free, and then pays, too."""
    async with desk.paying() as first, desk.visit(SECOND) as second:
        await settle()
        charged = list(desk.bank.charged)
        await first.end()
        how = await desk.outcome(SECOND, second)

    check(
        charged == [READER],
        f"{first.call}, and POST {URL} by {SECOND} at the same time; charged by then: {charged}; "
        f"expected ['{READER}']: the terminal takes one card at a time.",
    )
    check(
        how == "answered 201",
        f"POST {URL} by {SECOND}, behind {READER}: the view {how}; expected a 201.",
    )
    both = Stored((READER, SECOND), ((READER, MONTHS), (SECOND, MONTHS)))
    check_stored("both have paid", await sync_to_async(stored)(), both)


@pytest.mark.task(1)
async def test_takes_its_time(desk: Desk) -> None:
    """A payment that takes ten minutes is waited for, and answered like any other."""
    async with desk.paying() as visit:
        await asyncio.sleep(600)
        visit.expect_to_be_there("after ten minutes, with the reader there")
        how = await visit.end()

    check(how == "answered 201", f"{visit.call} for ten minutes: the view {how}; expected a 201.")


@pytest.mark.task(5)
async def test_stays_off_the_loop(
    desk: Desk, queries: Queries, connections_opened: Connections
) -> None:
    """No query runs on the event loop's thread, and no connection stays open."""
    with queries.during() as sent:
        async with desk.visit(READER) as conversation:
            await conversation.response()
            await asyncio.wait({conversation.task})
    left = connections_opened.open

    here = Queries(query for query in sent if query.thread_id == threading.get_ident())
    assert not here, here.explain(f"POST {URL}, queries on the loop's thread", expected="none")
    assert not left, left.explain(f"POST {URL}, connections that stay open", expected=CLOSED)
