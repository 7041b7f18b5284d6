"""A database that refuses a write in the middle of a reservation."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from tests.k402_last_ticket.evenings import Announce, Evening, Figures
from tests.k402_last_ticket.processes import Answer, Process

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database("rowlock")]

MOST_WRITES = 5


async def refused_writes(
    announce: Announce, fail_nth_write: Callable[..., Any]
) -> AsyncIterator[tuple[Evening, int, Answer]]:
    """Reserve a seat of 5 with the first write refused, with the second, until none is left."""
    for number in range(1, MOST_WRITES):
        evening = await announce(seats=5)
        with fail_nth_write(number) as failing:
            answer = await Process().post(evening.tickets, evening.key("ann"))
        if not failing.failed:
            assert answer.status == 201, (
                f"POST {evening.tickets} with 5 seats free, and no write refused, answered "
                f"{answer}; expected 201."
            )
            return
        yield evening, number, answer


@pytest.mark.task(3)
async def test_a_failure_leaves_neither_seat_nor_ticket(
    announce: Announce, fail_nth_write: Callable[..., Any]
) -> None:
    """Whichever write fails, the answer is a 500, no seat is taken, and there is no ticket."""
    async for evening, number, answer in refused_writes(announce, fail_nth_write):
        left = await evening.figures()
        assert (answer.status, left) == (500, Figures(seats=5, tickets=0)), (
            f"POST {evening.tickets} with 5 seats free, write {number} refused by the database, "
            f"answered {answer} and left {left}; expected 500, 5 seats and no ticket."
        )


@pytest.mark.task(3)
async def test_who_tries_again_after_a_failure_gets_a_seat(
    announce: Announce, fail_nth_write: Callable[..., Any]
) -> None:
    """After a failure, the same key gets a ticket and takes one seat."""
    async for evening, number, failed in refused_writes(announce, fail_nth_write):
        answer = await Process().post(evening.tickets, evening.key("ann"))

        left = await evening.figures()
        assert (answer.status, left) == (201, Figures(seats=4, tickets=1)), (
            f"POST {evening.tickets} with 5 seats free, write {number} refused by the database, "
            f"answered {failed}; the same again answered {answer} and left {left}; "
            "expected 201, 4 seats and 1 ticket."
        )
