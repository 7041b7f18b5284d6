"""The request is cancelled again while it waits: by the deadlines of two middlewares."""

import asyncio
from typing import TYPE_CHECKING

import pytest
from asgiref.sync import sync_to_async

from tests.k505_finish_the_commit import witness
from tests.k505_finish_the_commit.bank import stored
from tests.k505_finish_the_commit.desk import PAID, READER, SUITE, Desk, Visit, check_stored

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = SUITE


@pytest.fixture
def hurried(desk: Desk, settings: "Settings") -> Desk:
    """Give each request 10 seconds in one middleware, and 20 in another."""
    settings.MIDDLEWARE = [*witness.DEADLINES, *settings.MIDDLEWARE]
    return desk


async def cancelled_thrice(visit: Visit, first: str) -> None:
    """Cancel the request three times, at one time each."""
    if first == "the reader goes away":
        await visit.leave()
    await asyncio.sleep(15)
    visit.expect_to_be_there(f"when {first}, and a deadline of 10 s is over")
    await asyncio.sleep(15)
    visit.expect_to_be_there(f"when {first}, and deadlines of 10 s and 20 s are over")
    if first != "the reader goes away":
        await visit.leave()


FIRST = ("the reader goes away", "nobody goes away")


@pytest.mark.task(3)
@pytest.mark.parametrize("first", FIRST, ids=["reader", "deadlines"])
async def test_the_view_still_waits(hurried: Desk, first: str) -> None:
    """Cancelled three times while the payment is under way, the view waits for it all the same."""
    async with hurried.paying() as visit:
        await cancelled_thrice(visit, first)


@pytest.mark.task(3)
@pytest.mark.parametrize("first", FIRST, ids=["reader", "deadlines"])
async def test_still_pays_once_and_ends(hurried: Desk, first: str) -> None:
    """Cancelled three times, the payment is made once, and the view ends as cancelled."""
    async with hurried.paying() as visit:
        await cancelled_thrice(visit, first)
        how = await visit.end()

    call = f"{visit.call}, cancelled three times"
    assert how == "cancelled", f"{call}: the view {how}; expected CancelledError to come out of it."
    assert hurried.bank.charged == [READER], (
        f"{call}; charged: {hurried.bank.charged}; expected ['{READER}']."
    )
    check_stored(call, await sync_to_async(stored)(), PAID)
