"""The counter at the door: two ushers, and readers who reserve meanwhile."""

import pytest
from django.core.handlers.asgi import ASGIHandler

from tests.k402_last_ticket.answers import facts, told
from tests.k402_last_ticket.evenings import Announce, Figures
from tests.k402_last_ticket.moments import every_moment
from tests.k402_last_ticket.processes import Process, send

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("rowlock"),
]


@pytest.mark.task(4)
async def test_counts_who_came(site: ASGIHandler, announce: Announce) -> None:
    """Counting answers 204 and adds to the number of this event."""
    evening, other = await announce(seats=5), await announce(seats=5)

    answers = [await send(site, "POST", evening.door(people)) for people in (2, 3)]

    left, elsewhere = await evening.figures(), await other.figures()
    seen = ([answer.status for answer in answers], left.came, elsewhere.came)
    assert seen == ([204, 204], 5, 0), facts(
        f"POST {evening.door(2)}, then {evening.door(3)}",
        told(answers, ", then"),
        f"came={left.came}, at another event came={elsewhere.came}",
        expected="204 twice, 5 and 0",
    )


@pytest.mark.task(4)
async def test_counting_at_an_unknown_event(site: ASGIHandler) -> None:
    """For an event that is not in the database, the answer is 404."""
    answer = await send(site, "POST", "/events/never/door/2/")

    assert answer.status == 404, facts(
        "POST /events/never/door/2/", f"{answer}", expected="404: there is no such event"
    )


@pytest.mark.task(4)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_only_post_counts(site: ASGIHandler, announce: Announce, method: str) -> None:
    """Any other method answers 405, and counts nobody."""
    evening = await announce(seats=5)

    answer = await send(site, method, evening.door(2))

    came = (await evening.figures()).came
    assert (answer.status, came) == (405, 0), facts(
        f"{method} {evening.door(2)}", f"{answer}", f"came={came}", expected="405 and 0"
    )


@pytest.mark.task(4)
async def test_two_ushers_at_once(announce: Announce) -> None:
    """What two ushers at two processes count at the same time is all counted."""
    async for moment in every_moment():
        evening = await announce(seats=5)

        answers = await moment.race(
            Process().post_elsewhere(evening.door(2)), Process().post_elsewhere(evening.door(3))
        )

        left = await evening.figures()
        seen = ([answer.status for answer in answers], left.came)
        assert seen == ([204, 204], 5), facts(
            f"POST {evening.door(2)} and {evening.door(3)} at once,\neach held {moment}",
            told(answers),
            f"came={left.came}",
            expected="204 twice and 5",
        )


@pytest.mark.task(4)
async def test_counting_leaves_the_seats_alone(announce: Announce) -> None:
    """A reservation that is made while somebody counts is not undone by that."""
    async for moment in every_moment():
        evening = await announce(seats=5)

        answers = await moment.overtake(
            Process().post(evening.door(3)), Process().post(evening.tickets, evening.key("ann"))
        )

        left = await evening.figures()
        assert left == Figures(seats=4, tickets=1, came=3), facts(
            f"POST {evening.door(3)}, and meanwhile POST {evening.tickets} for one of 5 seats;\n"
            f"{moment.first_held}",
            told(answers),
            left,
            expected="4 seats, 1 ticket, 3 who came",
        )


@pytest.mark.task(4)
async def test_reserving_leaves_the_count_alone(announce: Announce) -> None:
    """People who are counted while somebody reserves are not forgotten by that."""
    async for moment in every_moment():
        evening = await announce(seats=5)

        answers = await moment.overtake(
            Process().post(evening.tickets, evening.key("ann")), Process().post(evening.door(3))
        )

        left = await evening.figures()
        assert left == Figures(seats=4, tickets=1, came=3), facts(
            f"POST {evening.tickets} for one of 5 seats, and meanwhile POST {evening.door(3)};\n"
            f"{moment.first_held}",
            told(answers),
            left,
            expected="4 seats, 1 ticket, 3 who came",
        )
