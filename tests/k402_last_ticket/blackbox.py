"""What can be seen of k402 from outside: readers and ushers who overtake each other."""

from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx

from dojo.blackbox import Asked, Draw, Site, as_json, check, expect_status, overtake

QUERIES = True
# Before which of its queries the slower request is held; a view may have fewer.
MOMENTS = (2, 3, 4)


def slugs(draw: Draw) -> list[str]:
    """Return the slugs of evenings, one for each moment."""
    return [f"evening-{number}" for number in draw.sample(range(10**6), len(MOMENTS))]


def evenings(draw: Draw) -> list[dict[str, Any]]:
    """Return rows of evenings with one seat each."""
    return [
        {"model": "k402_last_ticket.event", "pk": pk, "fields": {"slug": slug, "seats": 1}}
        for pk, slug in enumerate(slugs(draw), 1)
    ]


def two_seats(draw: Draw) -> list[dict[str, Any]]:
    """Return the same with two seats each."""
    rows = evenings(draw)
    for row in rows:
        row["fields"]["seats"] = 2
    return rows


def key(draw: Draw) -> str:
    """Return a key that nobody has used."""
    return f"{draw.getrandbits(64):016x}"


def reserving(site: Site, slug: str, key: str) -> AbstractAsyncContextManager[Asked]:
    """Return what asks for a ticket."""
    path = f"/k402/events/{slug}/tickets/"
    return site.asked("POST", path, headers={"Idempotency-Key": key})


async def reserve(site: Site, slug: str, key: str) -> httpx.Response:
    """Ask for a ticket, and return the answer."""
    async with reserving(site, slug, key) as page:
        return await page.task


@check(task=1, rows=evenings)
async def the_last_seat_is_sold_once(site: Site, draw: Draw) -> None:
    """Two readers want the last seat at once: one gets it, one a 409, and so does the next."""
    for slug, before in zip(slugs(draw), MOMENTS, strict=True):
        answers = await overtake(
            site,
            reserving(site, slug, key(draw)),
            reserving(site, slug, key(draw)),
            before=before,
        )
        when = f"one seat, two readers, the first held before its query {before}"
        statuses = [answer.status_code for answer in answers]
        assert sorted(statuses) == [201, 409], (
            f"POST /k402/events/{slug}/tickets/, {when}: "
            f"the answers are {statuses}; expected one 201 and one 409."
        )
        expect_status(await reserve(site, slug, key(draw)), 409, f" after that ({when})")


@check(task=2, rows=two_seats, involves=(1,))
async def two_tries_with_one_key_take_one_seat(site: Site, draw: Draw) -> None:
    """Two tries at once with one key get the same ticket, and leave the other seat to others."""
    for slug, before in zip(slugs(draw), MOMENTS, strict=True):
        one = key(draw)
        answers = await overtake(
            site, reserving(site, slug, one), reserving(site, slug, one), before=before
        )
        when = f", one of two tries with one key, the first held before its query {before},"
        for answer in answers:
            expect_status(answer, 201, when)
        tickets = [as_json(answer) for answer in answers]
        assert tickets[0] == tickets[1], (
            f"POST /k402/events/{slug}/tickets/{when} answered {tickets[0]!r}, "
            f"and the other one {tickets[1]!r}; expected the same ticket."
        )
        other = await reserve(site, slug, key(draw))
        expect_status(other, 201, " for another reader, with a seat left,")
        expect_status(await reserve(site, slug, key(draw)), 409, " with no seat left")
        again = await reserve(site, slug, one)
        expect_status(again, 201, " with the key of a ticket, after all is sold,")
        assert as_json(again) == tickets[0] != as_json(other), (
            f"POST /k402/events/{slug}/tickets/, a third try after all is sold, answered "
            f"{again.text!r}; expected {tickets[0]!r} as before, and not the other reader's ticket."
        )


@check(task=4, rows=evenings, involves=(1, 2))
async def counting_in_gives_no_seat_back(site: Site, draw: Draw) -> None:
    """While an usher counts, the last seat is sold; it stays sold."""
    for slug, before in zip(slugs(draw), MOMENTS, strict=True):
        people = draw.randrange(1, 50)
        door = f"/k402/events/{slug}/door/{people}/"
        counted, sold = await overtake(
            site, site.asked("POST", door), reserving(site, slug, key(draw)), before=before
        )
        expect_status(counted, 204, f" while the last seat was sold before its query {before}")
        expect_status(sold, 201, f" while {people} people were counted in")
        when = f" after the last seat was sold, while {door} was held before its query {before},"
        expect_status(await reserve(site, slug, key(draw)), 409, when)
