"""The reader leaves: all calls are called off, the view is cancelled, and it is no error."""

import asyncio
import logging

import pytest

from tests.k503_all_or_nothing.night import ElectionNight, cancelled_twice, told
from tests.k503_all_or_nothing.offices_down import NAMES
from tests.k503_all_or_nothing.readers import Readers
from tests.k503_all_or_nothing.witness import outcomes

pytestmark = pytest.mark.urls("katas.k503_all_or_nothing.urls")

LEAVES_S = 0.1


class Left:
    """A request for three districts whose reader leaves at 0.1 s, and what was seen of it.

    Attributes:
        sent: The types of the messages that were sent to a reader who was gone.
        at: When the application had ended, in seconds since the request was made.
        lines: What had become of the calls by then.
    """

    def __init__(self, readers: Readers, night: ElectionNight) -> None:
        self._readers, self._night = readers, night

    async def happens(self) -> None:
        """Ask, leave, and wait until the application has ended."""
        async with self._readers.asking(*NAMES) as (url, conversation):
            self.url = url
            await asyncio.sleep(LEAVES_S)
            asked = len(self._night.lines)
            conversation.disconnect()
            await conversation.ended()
            self.sent = [message["type"] for message in conversation.sent]
            self.at = self._night.now
            self.lines = list(self._night.lines)
        assert asked == len(NAMES), (
            f"GET {self.url}: offices asked in the first {LEAVES_S} s: {asked}; expected "
            f"{len(NAMES)}; out of the view came {outcomes.get(self.url, 'nothing')}. (task 4)"
        )

    def __str__(self) -> str:
        return f"GET {self.url}, whose reader left at {LEAVES_S} s"

    @property
    def calls(self) -> str:
        """The calls at the end, as the end of a message."""
        return f"\n  The calls when the request had ended, at {self.at:g} s:{told(self.lines)}"


@pytest.fixture
def left(readers: Readers, night: ElectionNight) -> Left:
    """Prepare a reader who leaves; the offices take longer, and not all lines are free soon."""
    night.takes = dict.fromkeys(NAMES, 3.0)
    night.calling_off_takes = {"north": 0.3, "south": 0.1, "east": 9.0}
    return Left(readers, night)


@pytest.mark.task(4)
async def test_all_calls_are_called_off(left: Left) -> None:
    """When the reader leaves, each call that is under way is cancelled at once."""
    await left.happens()

    ended = {(line.ended, line.at) for line in left.lines}
    assert ended == {("called off", LEAVES_S)}, (
        f"{left}; expected all calls to be called off at {LEAVES_S} s. (task 4){left.calls}"
    )


@pytest.mark.task(4)
async def test_the_view_waits_until_all_lines_are_free(left: Left, night: ElectionNight) -> None:
    """The request ends when the last line is free, however long that takes."""
    night.calling_off_takes["east"] = 75.0
    await left.happens()

    twice = cancelled_twice(left.lines)
    assert not twice, f"{twice} (task 4)\n  {left}.{left.calls}"
    free = {line.district: line.free for line in left.lines}
    assert (free, left.at) == ({"north": 0.4, "south": 0.2, "east": 75.1}, 75.1), (
        f"{left} and ended at {left.at:g} s; expected it to end at 75.1 s, when the last of the "
        f"lines was free. (task 4){left.calls}"
    )


@pytest.mark.task(4)
async def test_the_cancellation_travels_on(left: Left) -> None:
    """CancelledError comes out of the view, and no response is sent."""
    await left.happens()

    came_out = outcomes.get(left.url, "nothing")
    assert came_out == "CancelledError", (
        f"{left}; out of the view came {came_out}; expected CancelledError. (task 4){left.calls}"
    )
    sent = left.sent
    assert not sent, f"{left}; sent: {sent}; expected no message. (task 4)"


@pytest.mark.task(4)
async def test_leaving_is_not_logged_as_an_error(
    left: Left, caplog: pytest.LogCaptureFixture
) -> None:
    """That a reader leaves is no error: the log has nothing at level ERROR."""
    await left.happens()

    # asyncio's own log is left out: it tells of tasks of earlier tests, at any time.
    errors = [
        f"{one.name}: {one.getMessage()}"
        for one in caplog.records
        if one.levelno >= logging.ERROR and one.name != "asyncio"
    ]
    assert not errors, f"{left}; logged at level ERROR: {errors}; expected nothing. (task 4)"
