"""One reader after the other: what a reservation is answered, and what it leaves."""

import pytest
from django.core.handlers.asgi import ASGIHandler

from tests.k402_last_ticket.answers import facts
from tests.k402_last_ticket.evenings import Announce, Figures
from tests.k402_last_ticket.processes import send

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("rowlock"),
]


@pytest.mark.task(1)
async def test_reserves_a_seat(site: ASGIHandler, announce: Announce) -> None:
    """A reservation answers 201 with the ticket's number, and takes one seat of this event."""
    evening, other = await announce(seats=5), await announce(seats=5)

    answer = await send(site, "POST", evening.tickets, evening.key("ann"))

    expected = (201, await evening.ticket(evening.key("ann")))
    call = f"POST {evening.tickets} with 5 seats free"
    assert (answer.status, answer.ticket) == expected, facts(
        call,
        f"{answer}",
        expected=f"201 with the pk of the new ticket, which is {expected[1]} in the database",
    )
    left, elsewhere = await evening.figures(), await other.figures()
    assert (left, elsewhere) == (Figures(seats=4, tickets=1), Figures(seats=5, tickets=0)), facts(
        call,
        f"{answer}",
        f"{left}, and at another event {elsewhere}",
        expected="4 seats and 1 ticket, and the other event as it was",
    )


@pytest.mark.task(1)
async def test_refuses_when_no_seat_is_free(site: ASGIHandler, announce: Announce) -> None:
    """Without a free seat, the answer is 409, and nothing changes."""
    evening = await announce(seats=0)

    answer = await send(site, "POST", evening.tickets, evening.key("ann"))

    left = await evening.figures()
    assert (answer.status, left) == (409, Figures(seats=0, tickets=0)), facts(
        f"POST {evening.tickets} with no seat free",
        f"{answer}",
        left,
        expected="409, no seats and no ticket",
    )


@pytest.mark.task(1)
@pytest.mark.parametrize(
    ("key", "sent"), [(None, "without an Idempotency-Key"), ("", "with an empty Idempotency-Key")]
)
async def test_needs_a_key(
    site: ASGIHandler, announce: Announce, key: str | None, sent: str
) -> None:
    """Without an Idempotency-Key, or with an empty one, the answer is 400, and nothing changes."""
    evening = await announce(seats=5)

    answer = await send(site, "POST", evening.tickets, key)

    left = await evening.figures()
    assert (answer.status, left) == (400, Figures(seats=5, tickets=0)), facts(
        f"POST {evening.tickets} {sent}",
        f"{answer}",
        left,
        expected="400, 5 seats and no ticket",
    )


@pytest.mark.task(1)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_only_post_reserves(site: ASGIHandler, announce: Announce, method: str) -> None:
    """Any other method answers 405, and reserves nothing."""
    evening = await announce(seats=5)

    answer = await send(site, method, evening.tickets, evening.key("ann"))

    left = await evening.figures()
    assert (answer.status, left) == (405, Figures(seats=5, tickets=0)), facts(
        f"{method} {evening.tickets}", f"{answer}", left, expected="405, 5 seats and no ticket"
    )


@pytest.mark.task(1)
async def test_an_unknown_event_is_not_found(site: ASGIHandler) -> None:
    """For an event that is not in the database, the answer is 404."""
    answer = await send(site, "POST", "/events/never/tickets/", "ann")

    assert answer.status == 404, facts(
        "POST /events/never/tickets/", f"{answer}", expected="404: there is no such event"
    )
