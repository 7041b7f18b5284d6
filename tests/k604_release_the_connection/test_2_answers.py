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
async def test_a_story_is_told_when_its_embargo_ends(agency: Agency) -> None:
    """A partner gets the story when its embargo ends, not earlier."""
    async with agency.call() as call:
        await asyncio.sleep(LATE_S)
        call.expect_to_wait(f"{LATE_S} s after it came", task=2)
        await call.end()

    call.expect(200, told(SLUG, "draft"), when="at the end of its embargo", task=2)
    call.expect_asked_once(task=2)


@pytest.mark.task(2)
async def test_a_correction_is_told(agency: Agency) -> None:
    """What is corrected during the embargo, body or title, is told as corrected."""
    async with agency.call() as call:
        await asyncio.sleep(HALFWAY_S)
        await write(SLUG, "corrected", "Harbour and bridge")
        await call.end()

    content = told(SLUG, "corrected", "Harbour and bridge")
    call.expect(200, content, when="corrected during its embargo", task=2)


@pytest.mark.task(2)
async def test_each_partner_gets_their_story(agency: Agency) -> None:
    """Each of several partners gets the story they have asked for, after one wait of their own."""
    slugs = [SLUG, "budget", SLUG, "election"]
    for slug in slugs:
        await write(slug, f"about the {slug}")
    async with AsyncExitStack() as stack:
        calls = [await stack.enter_async_context(agency.call(slug)) for slug in slugs]
        await asyncio.sleep(EMBARGO_S + SOON_S)

        for call in calls:
            content = told(call.slug, f"about the {call.slug}")
            call.expect(200, content, when="four at once, at the end of the embargo", task=2)
            call.expect_asked_once(task=2)


@pytest.mark.task(2)
async def test_an_unknown_story_is_a_404_at_once(agency: Agency) -> None:
    """A story that does not exist is a 404, and nobody asks the agency for it."""
    async with agency.call("no-such-story") as call:
        await asyncio.sleep(SOON_S)

        call.expect(404, when=f"{SOON_S} s after it came", task=2)
        asked = call.embargo.asked
        assert asked == [], (
            f"{call}: `lifted` was called for {asked}; expected not at all. (task 2)"
        )


@pytest.mark.task(2)
async def test_a_story_that_is_no_more_is_a_404_at_once(agency: Agency) -> None:
    """A story that was told before, and has been deleted since, is a 404 at once."""
    async with agency.call() as call:
        await call.end()
        call.expect(200, told(SLUG, "draft"), when="at the end of its embargo", task=2)
    await Article.objects.filter(slug=SLUG).adelete()

    async with agency.call() as call:
        await asyncio.sleep(SOON_S)
        when = f"told before, deleted since, {SOON_S} s after it came"
        call.expect(404, when=when, task=2)


@pytest.mark.task(2)
async def test_a_story_that_is_new_is_told(agency: Agency) -> None:
    """A story that was a 404 before, and has been written since, is told."""
    async with agency.call("budget") as call:
        await call.end()
    await write("budget", "draft")

    async with agency.call("budget") as call:
        await call.end()
    call.expect(200, told("budget", "draft"), when="a 404 before, written since", task=2)


@pytest.mark.task(2)
async def test_a_withdrawn_story_is_a_404(agency: Agency) -> None:
    """A story that is deleted during its embargo is a 404 at the end of it."""
    async with agency.call() as call:
        await asyncio.sleep(HALFWAY_S)
        await Article.objects.filter(slug=SLUG).adelete()
        await asyncio.sleep(LATE_S - HALFWAY_S)
        call.expect_to_wait(f"deleted during its embargo, {LATE_S} s after it came", task=2)
        await call.end()

    call.expect(404, when="deleted during its embargo", task=2)
