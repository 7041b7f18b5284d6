"""For an hour, a partner waits, and the database has nothing to do."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from tests.k604_release_the_connection.agency import (
    HALFWAY_S,
    LATE_S,
    SLUG,
    SOON_S,
    SUITE,
    Agency,
    write,
)

pytestmark = SUITE


@pytest.mark.task(1)
@pytest.mark.parametrize("seconds", [SOON_S, HALFWAY_S, LATE_S], ids=["soon", "halfway", "late"])
async def test_no_connection_while_waiting(agency: Agency, seconds: float) -> None:
    """While a partner waits for the end of an embargo, no database connection is open."""
    with agency.connections() as held:
        async with agency.call() as call:
            await asyncio.sleep(seconds)

            when = f"{seconds:.3f} s after it came"
            call.expect_to_wait(when, task=1)
            held.expect_none_open(call, when, task=1)


@pytest.mark.task(1)
async def test_no_connection_while_several_wait(agency: Agency) -> None:
    """While several partners wait at once, no database connection is open either."""
    slugs = [SLUG, "budget", "election"]
    for slug in slugs:
        await write(slug, "draft")
    with agency.connections() as held:
        async with AsyncExitStack() as stack:
            calls = [await stack.enter_async_context(agency.call(slug)) for slug in slugs]
            await asyncio.sleep(SOON_S)

            when = "three at once, 1.037 s after they came"
            for call in calls:
                call.expect_to_wait(when, task=1)
            held.expect_none_open("GET /stories/…/", when, task=1)
