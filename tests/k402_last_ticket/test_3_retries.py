"""The same reader again: a second try, later or at the same time."""

import pytest

from katas.k402_last_ticket.models import Event
from tests.k402_last_ticket.answers import Answer, facts, told
from tests.k402_last_ticket.evenings import Announce, Evening, Figures
from tests.k402_last_ticket.moments import Moment, every_moment
from tests.k402_last_ticket.processes import Process

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database("rowlock")]


@pytest.mark.task(2)
async def test_a_retry_gets_the_same_ticket(announce: Announce) -> None:
    """A second try with the same key, at another process, gets the same answer, and no seat."""
    evening = await announce(seats=5)

    tries = [await Process().post(evening.tickets, evening.key("ann")) for _ in range(2)]

    call = f"POST {evening.tickets} with 5 seats free, twice with the same key"
    number = await evening.ticket(evening.key("ann"))
    assert [(answer.status, answer.ticket) for answer in tries] == [(201, number)] * 2, facts(
        call, told(tries, ", then"), expected=f"201 with ticket {number} both times"
    )
    left = await evening.figures()
    assert left == Figures(seats=4, tickets=1), facts(
        call, told(tries, ", then"), left, expected="4 seats and 1 ticket"
    )


@pytest.mark.task(2)
async def test_a_retry_may_come_when_all_is_sold(announce: Announce) -> None:
    """Who has the last ticket and tries again is told of that ticket, and not that all is sold."""
    evening = await announce(seats=1)

    tries = [await Process().post(evening.tickets, evening.key("ann")) for _ in range(2)]

    number = await evening.ticket(evening.key("ann"))
    assert [(answer.status, answer.ticket) for answer in tries] == [(201, number)] * 2, facts(
        f"POST {evening.tickets} for the last seat, twice with the same key",
        told(tries, ", then"),
        expected=f"201 with ticket {number} both times: that seat is her own",
    )


@pytest.mark.task(2)
async def test_a_refusal_does_not_use_up_the_key(announce: Announce) -> None:
    """Who was refused, and tries again with the same key when a seat is free, gets it."""
    evening = await announce(seats=0)
    refused = await Process().post(evening.tickets, evening.key("ann"))
    await Event.objects.filter(slug=evening.slug).aupdate(seats=1)

    answer = await Process().post(evening.tickets, evening.key("ann"))

    left = await evening.figures()
    seen = (refused.status, answer.status, left)
    assert seen == (409, 201, Figures(seats=0, tickets=1)), facts(
        f"POST {evening.tickets} with no seat free, and with the same key after one was added",
        told((refused, answer), ", then"),
        left,
        expected="409, then 201, 0 seats and 1 ticket",
    )


@pytest.mark.task(2)
@pytest.mark.parametrize(("seats", "status"), [(5, 201), (0, 409)])
async def test_a_key_is_for_one_event(announce: Announce, seats: int, status: int) -> None:
    """The same key for another event is another reservation, or is refused if no seat is free."""
    one, other = await announce(seats=5), await announce(seats=seats)
    key = one.key("ann")
    await Process().post(one.tickets, key)

    tries = [await Process().post(other.tickets, key) for _ in range(2)]

    left, number = await other.figures(), await other.ticket(key)
    tickets = {answer.ticket for answer in tries if answer.status == 201}
    seen = ([answer.status for answer in tries], tickets, left)
    sold = int(status == 201)
    assert seen == ([status] * 2, {number} if sold else set(), Figures(seats - sold, sold)), facts(
        f"POST {other.tickets}, {seats} free, twice with the key of a ticket for {one.slug}",
        told(tries, ", then"),
        left,
        expected=f"{status} twice{' with a ticket of this event' if sold else ''}, "
        f"seats={seats - sold}, tickets={sold}",
    )


async def expect_one_ticket(
    evening: Evening, moment: Moment, seats: int, answers: list[Answer]
) -> None:
    """Fail unless both tries of ann were answered with her one ticket for one of the *seats*."""
    call = (
        f"POST {evening.tickets} with {seats} free, twice at once with one key,\n"
        f"{moment.first_held}"
    )
    left = await evening.figures()
    assert left == Figures(seats=seats - 1, tickets=1), facts(
        call, told(answers), left, expected=f"{seats - 1} seats and 1 ticket"
    )
    expected = [(201, await evening.ticket(evening.key("ann")))] * 2
    assert [(answer.status, answer.ticket) for answer in answers] == expected, facts(
        call, told(answers), left, expected=f"201 with ticket {expected[0][1]} for both"
    )


@pytest.mark.task(2)
async def test_both_tries_at_once(announce: Announce) -> None:
    """Two tries with the same key at the same time take one seat, and both get its ticket."""
    async for moment in every_moment():
        evening = await announce(seats=5)

        answers = await moment.overtake(
            Process().post_elsewhere(evening.tickets, evening.key("ann")),
            Process().post_elsewhere(evening.tickets, evening.key("ann")),
        )

        await expect_one_ticket(evening, moment, 5, answers)


@pytest.mark.task(2)
async def test_both_tries_at_once_for_the_last_seat(announce: Announce) -> None:
    """If the seat is the last one, neither try is told that all is sold, as it is her own."""
    async for moment in every_moment():
        evening = await announce(seats=1)

        answers = await moment.overtake(
            Process().post(evening.tickets, evening.key("ann")),
            Process().post(evening.tickets, evening.key("ann")),
        )

        await expect_one_ticket(evening, moment, 1, answers)


@pytest.mark.task(2)
async def test_both_tries_at_once_when_all_is_sold(announce: Announce) -> None:
    """If no seat is free, both tries are refused: neither sees a ticket that is taken back."""
    async for moment in every_moment():
        evening = await announce(seats=0)

        answers = await moment.overtake(
            Process().post(evening.tickets, evening.key("ann")),
            Process().post(evening.tickets, evening.key("ann")),
        )

        left = await evening.figures()
        seen = ([answer.status for answer in answers], left)
        assert seen == ([409, 409], Figures(seats=0, tickets=0)), facts(
            f"POST {evening.tickets} with 0 free, twice at once with one key,\n{moment.first_held}",
            told(answers),
            left,
            expected="409 twice, no seats and no ticket",
        )
