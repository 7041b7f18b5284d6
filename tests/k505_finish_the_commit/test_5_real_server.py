"""The same by a real uvicorn, with a socket that is really dropped."""

import pytest
from asgiref.sync import sync_to_async

from tests.k505_finish_the_commit.bank import AT_THE_BANK, first_of, stored
from tests.k505_finish_the_commit.desk import PAID, READER, SUITE, URL, Desk, check, check_stored
from tests.k505_finish_the_commit.dropping import served

pytestmark = SUITE


@pytest.mark.task(1)
@pytest.mark.realtime
async def test_a_dropped_connection(desk: Desk) -> None:
    """A real connection breaks during a payment: the view waits for it, and ends as cancelled."""
    with desk.bank.holding(AT_THE_BANK) as held, served() as (caller, site):
        await caller.pay(READER)
        await first_of(held.reached, site.over)
        caller.drop()
        await first_of(site.told, site.over)
        early = desk.ended.get(READER)
        held.let_go()
        await site.over.wait()
        how = desk.ended.get(READER)

    call = f"POST {URL} by {READER}, whose connection to uvicorn broke during the payment"
    check(
        early is None,
        f"{call}: the view ended ({early}), and the payment was still under way in its thread; "
        "expected the view to wait for it.",
    )
    check(how == "cancelled", f"{call}: the view {how}; expected CancelledError to come out of it.")
    check_stored(call, await sync_to_async(stored)(), PAID)
