"""However a request ends: no connection is left, and nobody works for one who has gone."""

import asyncio

import pytest

from dojo.instruments.orm_guard import Queries
from dojo.instruments.rendezvous import settle
from katas.newsroom.models import Article
from tests.k604_release_the_connection.agency import (
    HALFWAY_S,
    SLUG,
    SOON_S,
    SUITE,
    Agency,
    told,
)
from tests.k604_release_the_connection.ledger import counted

pytestmark = SUITE


@pytest.mark.task(3)
@pytest.mark.parametrize("slug", [SLUG, "no-such-story"], ids=["answer", "unknown"])
async def test_no_connection_after_an_answer(agency: Agency, slug: str) -> None:
    """When a request has been answered, whether by 200 or 404, no connection is open."""
    with agency.connections() as held:
        async with agency.call(slug) as call:
            await call.end()

        held.expect_none_open(call, f"when it was over ({call.outcome})", task=3)


@pytest.mark.task(3)
async def test_no_connection_after_a_withdrawal(agency: Agency) -> None:
    """When the story was deleted during its embargo, no connection is open in the end."""
    with agency.connections() as held:
        async with agency.call() as call:
            await asyncio.sleep(HALFWAY_S)
            await Article.objects.filter(slug=SLUG).adelete()
            await call.end()

        held.expect_none_open(call, f"when it was over ({call.outcome})", task=3)


@pytest.mark.task(3)
async def test_an_error_of_the_agency_comes_out(agency: Agency) -> None:
    """An error of `embargo.lifted()` comes out of the view, and no connection is open then."""
    error = ConnectionError("the agency is gone")
    with agency.connections() as held:
        async with agency.call(error=error) as call:
            await call.end()

        when = "when `embargo.lifted()` had raised ConnectionError"
        call.expect_left_by("ConnectionError: the agency is gone", when=when, task=3)
        held.expect_none_open(call, when, task=3)


@pytest.mark.task(3)
@pytest.mark.parametrize("seconds", [SOON_S, HALFWAY_S], ids=["soon", "halfway"])
async def test_a_partner_who_goes_away(agency: Agency, queries: Queries, seconds: float) -> None:
    """If a partner goes away, the view is cancelled, asks nothing more, and leaves nothing open."""
    with agency.connections() as held:
        async with agency.call() as call:
            await asyncio.sleep(seconds)
            call.expect_to_wait(f"{seconds} s after it came", task=3)
            with queries.during() as late:
                call.conversation.disconnect()
                await settle()

        when = f"whose partner went away {seconds} s after it came"
        call.expect_left_by("CancelledError", when=when, task=3)
        sent = [message["type"] for message in call.conversation.sent]
        assert sent == [], f"{call}, {when}: sent {sent}; expected nothing. (task 3)"
        if late:
            fact = f"{call}, {when}: {counted(late)}"
            pytest.fail(f"{fact}; expected none from then on. (task 3)", pytrace=False)
        held.expect_none_open(call, when, task=3)
        assert not call.embargo.waiting, (
            f"{call}, {when}: `embargo.lifted({SLUG!r})` is waiting still; expected it to be "
            "cancelled. (task 3)"
        )


@pytest.mark.task(3)
async def test_a_partner_goes_away_alone(agency: Agency) -> None:
    """If one of two partners who wait for a story goes away, the other one gets it."""
    async with agency.call() as first:
        await asyncio.sleep(SOON_S)
        first.expect_to_wait(f"the first of two, {SOON_S} s after it came", task=3)
        async with agency.call() as second:
            await asyncio.sleep(SOON_S)
            first.conversation.disconnect()
            await second.end()

    when = "the second of two, whose first one went away"
    second.expect(200, told(SLUG, "draft"), when=when, task=3)
