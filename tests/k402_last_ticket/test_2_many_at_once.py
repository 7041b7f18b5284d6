"""Many readers at once, each of them at another process of the site."""

from collections import Counter

import pytest

from tests.k402_last_ticket.answers import facts, told
from tests.k402_last_ticket.evenings import Announce, Figures
from tests.k402_last_ticket.meanwhile import Meanwhile
from tests.k402_last_ticket.moments import around_the_first_write, before_each_write, every_moment
from tests.k402_last_ticket.processes import Process

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database("rowlock")]

READERS = 20
SEATS = 5
FASTER = 10


@pytest.mark.task(1)
async def test_two_readers_want_the_last_seat(announce: Announce) -> None:
    """Of two readers at two processes, each with its own event loop, one gets the last seat."""
    async for moment in every_moment():
        evening = await announce(seats=1)

        answers = await moment.race(
            Process().post_elsewhere(evening.tickets, evening.key("ann")),
            Process().post_elsewhere(evening.tickets, evening.key("bob")),
        )

        call = f"POST {evening.tickets} for 1 seat, by two readers at once,\neach held {moment}"
        left = await evening.figures()
        assert sorted(answer.status for answer in answers) == [201, 409], facts(
            call, told(answers), left, expected="one 201 and one 409"
        )
        assert left == Figures(seats=0, tickets=1), facts(
            call, told(answers), left, expected="0 seats and 1 ticket"
        )


@pytest.mark.task(1)
async def test_five_of_twenty_get_a_seat(announce: Announce) -> None:
    """Of 20 readers at once, 5 get the 5 seats, 15 are refused, and no number goes negative."""
    for moment in around_the_first_write():
        evening = await announce(seats=SEATS)

        answers = await moment.race(
            *(
                Process().post(evening.tickets, evening.key(f"reader{number}"))
                for number in range(READERS)
            )
        )

        call = (
            f"POST {evening.tickets} for {SEATS} seats, by {READERS} readers at once,\n"
            f"each held {moment}"
        )
        left = await evening.figures()
        seen = Counter(answer.status for answer in answers)
        assert seen == {201: SEATS, 409: READERS - SEATS}, facts(
            call,
            told(answers),
            left,
            expected=f"{SEATS} times 201 and {READERS - SEATS} times 409",
        )
        numbers = {answer.ticket for answer in answers if answer.status == 201}
        assert (left, len(numbers)) == (Figures(seats=0, tickets=SEATS), SEATS), facts(
            call,
            f"{told(answers)}, with {len(numbers)} different tickets",
            left,
            expected=f"0 seats and {SEATS} tickets",
        )


@pytest.mark.task(1)
async def test_what_others_change_meanwhile_stays(announce: Announce) -> None:
    """A seat taken, and people counted, between two statements of a request are not undone."""
    async for moment in every_moment():
        evening = await announce(seats=2)
        bob = Meanwhile(evening)

        answer = await bob.interrupt(Process().post(evening.tickets, evening.key("ann")), moment)

        left = await evening.figures()
        expected = Figures(seats=1, tickets=1)
        if await evening.ticket(evening.key("bob")):
            expected = Figures(seats=0, tickets=2, came=3)
        assert (answer.status, left) == (201, expected), facts(
            f"POST {evening.tickets} by ann, for 2 seats;\n{bob}",
            f"{answer}",
            left,
            expected=f"201, {expected}",
        )


@pytest.mark.task(1)
async def test_a_last_seat_that_is_gone_is_not_sold(announce: Announce) -> None:
    """If another reader takes the last seat between two statements, it is not sold again."""
    async for moment in every_moment():
        evening = await announce(seats=1)
        bob = Meanwhile(evening)

        answer = await bob.interrupt(Process().post(evening.tickets, evening.key("ann")), moment)

        left = await evening.figures()
        sold_to = [name for name in ("ann", "bob") if await evening.ticket(evening.key(name))]
        expected = (409, ["bob"], 0)
        if not bob.happened:
            expected = (201, ["ann"], 0)
        elif "bob" not in sold_to:
            # Ann's transaction was taken back, and with it what the test had done in it.
            expected = (201, ["ann"], 0) if sold_to else (409, [], 1)
        assert (answer.status, sold_to, left.seats) == expected, facts(
            f"POST {evening.tickets} by ann, for the last seat;\n{bob}",
            f"{answer}",
            f"tickets of {sold_to}, seats={left.seats}",
            expected=f"{expected[0]}, tickets of {expected[1]}, seats={expected[2]}",
        )


@pytest.mark.task(1)
async def test_nobody_is_refused_while_a_seat_is_free(announce: Announce) -> None:
    """However often others are faster, a reader gets a ticket if a seat is free."""
    evening = await announce(seats=2 * FASTER)
    bob = Meanwhile(evening, most=FASTER)

    answer = await bob.interrupt(
        Process().post(evening.tickets, evening.key("ann")), before_each_write()
    )

    assert answer.status == 201, facts(
        f"POST {evening.tickets} by ann, for {2 * FASTER} seats;\n{bob}",
        f"{answer}",
        expected="201: seats are free",
    )
