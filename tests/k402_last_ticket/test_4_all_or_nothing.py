"""A database that refuses a write in the middle of a reservation."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from dojo.instruments import statements
from dojo.instruments.gates import WRITE_VERBS, WriteFailed
from tests.k402_last_ticket.answers import Answer, facts, told
from tests.k402_last_ticket.evenings import Announce, Evening, Figures
from tests.k402_last_ticket.processes import Process

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database("rowlock")]

MOST_WRITES = 5


@dataclass
class Refusal:
    """Refuses one write, or all from that one on, as when the database has gone away."""

    number: int
    and_all_later: bool
    writes: int = 0

    def __str__(self) -> str:
        return f"write {self.number}{' and all later ones' if self.and_all_later else ''} refused"

    def __call__(
        self,
        execute: statements.Execute,
        sql: str,
        params: Any,
        many: bool,
        context: dict[str, Any],
    ) -> Any:
        """Count and, when it is due, refuse."""
        if statements.verb(sql) in WRITE_VERBS:
            self.writes += 1
            if self.writes == self.number or (self.and_all_later and self.writes > self.number):
                raise WriteFailed(f"write {self.writes} was made to fail")
        return execute(sql, params, many, context)


async def refusals(announce: Announce) -> AsyncIterator[tuple[Evening, Refusal, Answer]]:
    """Reserve a seat of 5 with the first write refused, with the second, until none is left."""
    for number in range(1, MOST_WRITES):
        for and_all_later in (False, True):
            evening, refusal = await announce(seats=5), Refusal(number, and_all_later)
            with statements.wrapped(refusal):
                answer = await Process().post(evening.tickets, evening.key("ann"))
            if refusal.writes < number:
                assert answer.status == 201, facts(
                    f"POST {evening.tickets} with 5 seats free, and no write refused",
                    f"{answer}",
                    expected="201",
                )
                return
            yield evening, refusal, answer


@pytest.mark.task(3)
async def test_a_failure_leaves_neither_seat_nor_ticket(announce: Announce) -> None:
    """Whichever write fails, the answer is a 500, no seat is taken, and there is no ticket."""
    async for evening, refusal, answer in refusals(announce):
        left = await evening.figures()
        assert (answer.status, left) == (500, Figures(seats=5, tickets=0)), facts(
            f"POST {evening.tickets} with 5 seats free, {refusal}",
            f"{answer}",
            left,
            expected="500, 5 seats and no ticket",
        )


@pytest.mark.task(3)
async def test_who_tries_again_after_a_failure_gets_a_seat(announce: Announce) -> None:
    """After a failure, the same key gets a ticket and takes one seat."""
    async for evening, refusal, failed in refusals(announce):
        answer = await Process().post(evening.tickets, evening.key("ann"))

        left = await evening.figures()
        assert (answer.status, left) == (201, Figures(seats=4, tickets=1)), facts(
            f"POST {evening.tickets} with 5 seats free, {refusal}, and once more",
            told((failed, answer), ", then"),
            left,
            expected="500, then 201, 4 seats and 1 ticket",
        )
