"""The request is cancelled again while it waits: by deadlines, often, and with its tasks."""

import asyncio
import itertools
from collections.abc import Awaitable

import pytest
from asgiref.sync import sync_to_async

from dojo.instruments.rendezvous import settle
from tests.k505_finish_the_commit import witness
from tests.k505_finish_the_commit.bank import stored
from tests.k505_finish_the_commit.desk import (
    PAID,
    READER,
    SUITE,
    Desk,
    Visit,
    check,
    check_charged,
    check_stored,
)

pytestmark = SUITE

FIRST = ("the reader had gone", "the reader stayed")


async def cancelled_thrice(visit: Visit, first: str) -> None:
    """Cancel the request three times, at one time each."""
    if first == "the reader had gone":
        await visit.leave()
    await asyncio.sleep(15)
    visit.expect_to_be_there(
        f"when {first}, and a middleware's deadline of 10 s cancelled the request"
    )
    await asyncio.sleep(15)
    visit.expect_to_be_there(
        f"when {first}, and two middlewares' deadlines, of 10 s and 20 s, cancelled the request"
    )
    if first == "the reader stayed":
        await visit.leave()


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
    check(how == "cancelled", f"{call}: the view {how}; expected CancelledError to come out of it.")
    check_charged(call, hurried.bank.charged, READER)
    check_stored(call, await sync_to_async(stored)(), PAID)


@pytest.mark.task(3)
async def test_any_number_of_times(desk: Desk) -> None:
    """Cancelled twenty times while the payment is under way, the view waits for it all the same."""
    async with desk.paying() as visit:
        await visit.leave()
        for _ in range(19):
            witness.tasks[READER].cancel()
            await settle()
        visit.expect_to_be_there("when the request had been cancelled twenty times")


@pytest.fixture
def few_shields(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop a loop that awaits a shield for ever; any other such loop ends by the time limit."""
    shield, number = asyncio.shield, itertools.count(1)

    def counted(inner: Awaitable[object]) -> Awaitable[object]:
        check(
            next(number) < 10_000,
            "When the view's task and all that it had started were cancelled, the view awaited "
            "asyncio.shield(…) ten thousand times, and did not end; expected it to end.",
        )
        return shield(inner)

    monkeypatch.setattr(asyncio, "shield", counted)


@pytest.mark.task(3)
@pytest.mark.usefixtures("few_shields")
async def test_ends_with_its_tasks(desk: Desk) -> None:
    """When all tasks are cancelled, as `asyncio.run` does at its end, the view ends somehow."""
    async with desk.paying() as visit:
        await visit.leave()
        # Django's own is left alone: it waits for the view, and then closes the connection.
        spared = {asyncio.current_task(), visit.conversation.task}
        for task in asyncio.all_tasks() - spared:
            task.cancel()
        await settle()
        how = await visit.end()

    check(
        READER in desk.ended,
        f"{visit.call}, when the view's task and all that it had started were cancelled: the view "
        f"ended {how}; expected it to end.",
    )
