"""What partners are told, and when."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from katas.newsroom.models import Article
from tests.k604_release_the_connection.agency import (
    HALFWAY_S,
    LATE_S,
    SLUG,
    SOON_S,
    SUITE,
    Agency,
    told,
    write,
)
from tests.k604_release_the_connection.calls import EMBARGO_S

pytestmark = SUITE


@pytest.mark.task(2)
def test_the_view_is_asynchronous(agency: Agency) -> None:
    """The view stays an async one, so that whoever waits holds up no thread."""
    if not agency.is_async:
        pytest.fail("`story` is a sync view; expected an async one. (task 2)", pytrace=False)


@pytest.mark.task(2)
async def test_a_story_is_told_when_its_embargo_ends(agency: Agency) -> None:
    """A partner gets the story when its embargo ends, not earlier."""
    async with agency.call() as call:
        await asyncio.sleep(LATE_S)
        call.expect_to_wait(f"{LATE_S} s after it came", task=2)
        await call.end()

    call.expect(200, told(SLUG, "draft"), when="at the end of its embargo", task=2)
    asked = agency.embargo.asked
    assert asked == [SLUG], f"{call}: `lifted` was awaited for {asked}; expected once. (task 2)"


@pytest.mark.task(2)
async def test_a_correction_is_told(agency: Agency) -> None:
    """What is corrected during the embargo is told as corrected."""
    async with agency.call() as call:
        await asyncio.sleep(HALFWAY_S)
        await write(SLUG, "corrected")
        await call.end()

    call.expect(200, told(SLUG, "corrected"), when="corrected during its embargo", task=2)


@pytest.mark.task(2)
async def test_each_partner_gets_their_story(agency: Agency) -> None:
    """Partners who wait at the same time get the story that each of them has asked for."""
    slugs = [SLUG, "budget", "election"]
    for slug in slugs:
        await write(slug, f"about the {slug}")
    async with AsyncExitStack() as stack:
        calls = [await stack.enter_async_context(agency.call(slug)) for slug in slugs]
        await asyncio.sleep(EMBARGO_S + SOON_S)

        for call in calls:
            content = told(call.slug, f"about the {call.slug}")
            call.expect(200, content, when="three at once, at the end of the embargo", task=2)


@pytest.mark.task(2)
async def test_an_unknown_story_is_a_404_at_once(agency: Agency) -> None:
    """A story that does not exist is a 404, and nobody waits for it."""
    async with agency.call("no-such-story") as call:
        await asyncio.sleep(SOON_S)

        call.expect(404, when=f"{SOON_S} s after it came", task=2)


@pytest.mark.task(2)
async def test_a_withdrawn_story_is_a_404(agency: Agency) -> None:
    """A story that is deleted during its embargo is a 404 at the end of it."""
    async with agency.call() as call:
        await asyncio.sleep(HALFWAY_S)
        await Article.objects.filter(slug=SLUG).adelete()
        await call.end()

    call.expect(404, when="deleted during its embargo", task=2)
