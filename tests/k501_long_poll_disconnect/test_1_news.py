"""News: at once, or as soon as there are any."""

import asyncio

import pytest

from dojo.instruments.rendezvous import settle
from tests.k501_long_poll_disconnect.night import FIRST, SECOND, Night


@pytest.mark.task(1)
def test_the_view_is_asynchronous(night: Night) -> None:
    """The view stays an async one, so that whoever waits holds up no thread."""
    assert night.is_async, (
        "`results` is a sync view: Django gives it a thread for as long as a reader waits; "
        "expected an async one."
    )


@pytest.mark.task(1)
async def test_a_reader_who_is_behind_gets_the_newest(night: Night) -> None:
    """Whoever has missed results gets the newest one without waiting for another."""
    night.board.publish(FIRST)
    night.board.publish(SECOND)

    async with night.reader(after=0) as reader:
        reader.check_told(SECOND, when="with results 1 and 2 published before")


@pytest.mark.task(1)
async def test_the_counting_office_is_asked(night: Night) -> None:
    """Which result is the newest, the counting office is asked, with `newest()`."""
    night.board.publish(FIRST)

    async with night.reader(after=0) as reader:
        asked = night.board.asked
        await night.end()

    assert asked >= 1, (
        f"{reader.call}, with result 1 published before: calls of `newest()`: {asked}; expected "
        "at least one."
    )


@pytest.mark.task(1)
async def test_a_reader_who_has_seen_all_waits(night: Night) -> None:
    """Whoever has seen the newest result gets no answer as long as there is no other."""
    night.board.publish(FIRST)

    async with night.reader(after=1) as reader:
        await asyncio.sleep(20)
        answer, seen = reader.answer, str(reader)
        await night.end()

    assert answer is None, (
        f"{reader.call}, 21 s after it came, with no newer result: {seen}; expected it to wait."
    )


@pytest.mark.task(1)
async def test_news_reach_a_reader_at_once(night: Night) -> None:
    """A reader who waits gets the next result when it is published, and not later."""
    async with night.reader() as reader:
        night.board.publish(FIRST)
        await settle()

        reader.check_told(FIRST, when="the moment result 1 was published")


@pytest.mark.task(1)
async def test_readers_wait_with_news(night: Night) -> None:
    """Whoever waits does so with `news()`, and does not look every so often."""
    async with night.reader() as reader:
        waits = night.board.waiting.qsize()
        await night.end()

    assert waits >= 1, (
        f"{reader.call}, 1 s after it came, with no newer result: calls of `news()`: {waits}; "
        "expected at least one."
    )


@pytest.mark.task(1)
async def test_no_news_are_missed(night: Night) -> None:
    """What is published while the counting office is being asked is not missed."""
    async with night.reader(for_s=0.05) as reader:
        night.board.publish(FIRST)
        await asyncio.sleep(1)

        reader.check_told(
            FIRST, when="1 s after result 1 was published, while `newest()` was under way"
        )


@pytest.mark.task(1)
async def test_each_reader_waits_on_a_place(night: Night) -> None:
    """Each reader who waits has a place of their own on the board."""
    async with night.reader(), night.reader(), night.reader() as last:
        taken = night.board.taken
        await night.end()

    assert taken == 3, (
        f"{last.call}, three times at once: places taken while they wait: {taken}; expected 3."
    )


@pytest.mark.task(1)
async def test_all_who_wait_get_the_news(night: Night) -> None:
    """Three readers who wait at once all get the next result."""
    async with night.reader() as one, night.reader() as two, night.reader() as three:
        night.board.publish(FIRST)
        await settle()

        for reader in (one, two, three):
            reader.check_told(
                FIRST, when=f"reader {reader.number} of three, when result 1 was published"
            )
