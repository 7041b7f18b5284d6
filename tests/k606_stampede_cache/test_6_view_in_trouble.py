"""The view in trouble: the office is down, and readers go away."""

import asyncio

import pytest

from tests.k606_stampede_cache.callers import at_once
from tests.k606_stampede_cache.site import Site, leave

NORTH = {"Lighthouse": 4211, "Harbour": 3987}


@pytest.mark.task(6)
async def test_the_office_is_down(site: Site) -> None:
    """An error of the office comes out of the view of all who wait; the next reader is answered."""
    compute = site.office.expect("capital", NORTH, NORTH)
    down = compute.errors[1] = ConnectionError("the office is down")
    answers = await site.get(*["capital"] * 10)

    what = "GET /results/capital/ by ten at once, where the office raises"
    compute.check_runs(what, 1, 6)
    assert [one.status for one in answers] == [500] * 10, (
        f"{what}: {', '.join(str(one.status) for one in answers)}; expected 500. (task 6)"
    )
    assert site.errors == [down] * 10, (
        f"{what}: out of the views came {site.errors}; expected ten times {down!r}. (task 6)"
    )
    (one,) = await site.get("capital")
    one.check("when the office is back", "capital", NORTH)
    assert one.asked == 11, (
        f"{what}, and once more when it is back: `asked` was {one.asked!r}; expected 11, those who "
        "got an error included. (task 6)"
    )


@pytest.mark.task(6)
async def test_readers_who_go_away(site: Site) -> None:
    """If the first of three goes away, two are answered; if all do, the office is left alone."""
    compute = site.office.expect("north", *[NORTH] * 3, cleanup=0.017)
    async with site.reader("north") as first:
        # So that it is certain who has come first.
        await asyncio.sleep(0.05)
        async with site.reader("north") as second:
            third = asyncio.ensure_future(site.get("north"))
            await asyncio.sleep(0.05)
            await leave(first)
            stayed = [await site.answer("north", second), *(await third)]

    what = "three readers at once, the first of whom goes away after 0.1 s"
    for one in stayed:
        one.check(what, "north", NORTH)
    assert compute.peak == 1, (
        f"GET /results/north/, {what}: the office was asked {compute.peak} times at the same time; "
        "expected 1. (task 6)"
    )

    compute = site.office.expect("south", {"Harbour": 1}, {"Harbour": 2}, cleanup=0.017)
    async with site.reader("south") as first:
        await asyncio.sleep(0.05)
        async with site.reader("south") as second:
            await asyncio.sleep(0.05)
            await leave(first, second)
            running = compute.running
            await at_once()
    assert not running, (
        "GET /results/south/, two readers, who both go away after 0.1 s: when their requests are "
        f"over, the office is still {compute.state}; expected it to have ended. (task 6)"
    )
    (one,) = await site.get("south")
    figures = {"Harbour": compute.runs}
    one.check("after two have gone away", "south", figures)
