"""Limits: how long a reader waits, and how many do."""

import pytest

from dojo.instruments.rendezvous import settle
from katas.k501_long_poll_disconnect.board import PATIENCE_S
from tests.k501_long_poll_disconnect.night import FIRST, Night

# Whether the time counts from the request or from its first wait, an answer of the counting office
# or two lie in between; and whether there is a place may be asked after one, too.
SLACK_S = 0.25


@pytest.mark.task(2)
async def test_waits_as_long_as_it_may(night: Night) -> None:
    """Just before the 25 s are over, a reader still waits, and gets what is published then."""
    async with night.reader(for_s=PATIENCE_S - 0.01037) as reader:
        night.board.publish(FIRST)
        await settle()

        reader.check_told(FIRST, when="when result 1 was published after 24.99 s")


@pytest.mark.task(2)
async def test_stops_waiting_in_time(night: Night) -> None:
    """After 25 s without news the answer is a 204, without content."""
    async with night.reader(for_s=PATIENCE_S + SLACK_S) as reader:
        assert reader.answer == (204, ""), (
            f"{reader.call}, after {PATIENCE_S} s without news: {reader}; expected 204 without "
            "content."
        )


@pytest.mark.task(2)
async def test_a_full_board_is_said_at_once(small_night: Night) -> None:
    """A reader for whom no place is left gets a 503, without waiting."""
    async with small_night.reader(), small_night.reader(for_s=SLACK_S) as second:
        status, seen = second.status, str(second)
        await small_night.end()

    assert status == 503, (
        f"{second.call}, {SLACK_S} s after it came, with the only place taken by somebody else: "
        f"{seen}; expected 503."
    )


@pytest.mark.task(2)
async def test_one_of_two_gets_the_only_place(small_night: Night) -> None:
    """Of two readers who come at the same time, one gets the only place, the other one a 503."""
    async with small_night.reader(for_s=0) as first, small_night.reader(for_s=SLACK_S) as second:
        statuses, seen = {first.status, second.status}, f"{first}, and {second}"
        await small_night.end()

    assert statuses == {None, 503}, (
        f"{first.call}, twice at the same time, with one place: {seen}; expected no answer yet "
        "for one of them, and 503 for the other one."
    )


@pytest.mark.task(2)
async def test_who_finds_no_place_takes_none(small_night: Night) -> None:
    """A reader for whom no place is left does not disturb the one who has it."""
    async with small_night.reader() as first, small_night.reader():
        small_night.board.publish(FIRST)
        await settle()

        first.check_told(FIRST, when="when result 1 was published, after a second reader had come")
