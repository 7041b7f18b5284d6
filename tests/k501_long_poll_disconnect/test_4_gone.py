"""Gone: readers who go away in the middle."""

import asyncio

import pytest

from dojo.instruments.rendezvous import settle
from katas.k501_long_poll_disconnect.board import PATIENCE_S
from tests.k501_long_poll_disconnect.night import FIRST, WAITING_S, Night
from tests.k501_long_poll_disconnect.readers import CANCELLED, Over, Reader

#: When a reader goes away, in seconds after the request.
MOMENTS = {
    "asked `newest()`": 0.05,
    "asked `newest()` a second time, or waited for news": 0.15,
    "waited for news": WAITING_S,
}

at_any_moment = pytest.mark.parametrize("moment", MOMENTS)


def gone(reader: Reader, moment: str) -> str:
    """Tell what happened, for messages."""
    return f"{reader.call}, whose reader went away while it {moment}"


async def go_away(reader: Reader, moment: str) -> Over:
    """Let *reader* go away; return how the view was left."""
    __tracebackhide__ = True
    assert reader.over is None, (
        f"{reader.call}: {reader.over.how} before its reader went away; expected it to wait."
    )
    reader.conversation.disconnect()
    await settle()
    over = reader.over
    assert over is not None, f"{gone(reader, moment)}: the view goes on; expected it to end."
    return over


@pytest.mark.task(4)
@at_any_moment
async def test_the_cancellation_travels_on(night: Night, moment: str) -> None:
    """When the reader goes away, the view ends at once, by CancelledError."""
    async with night.reader(for_s=MOMENTS[moment]) as reader:
        over = await go_away(reader, moment)

    assert over.how == CANCELLED, (
        f"{gone(reader, moment)}: {over.how}; expected CancelledError to come out of it."
    )


@pytest.mark.task(4)
@at_any_moment
async def test_nothing_is_sent(night: Night, moment: str) -> None:
    """To a reader who has gone away nothing is sent, neither then nor later."""
    async with night.reader(for_s=MOMENTS[moment]) as reader:
        reader.conversation.disconnect()
        await asyncio.sleep(PATIENCE_S + 1)

    assert reader.conversation.sent == [], (
        f"{gone(reader, moment)}: an answer {reader.statuses[0]} was sent; expected nothing."
    )


@pytest.mark.task(4)
@at_any_moment
async def test_the_place_is_given_back(night: Night, moment: str) -> None:
    """When the reader goes away, the place is given back before the view is over."""
    async with night.reader(for_s=MOMENTS[moment]) as reader:
        over = await go_away(reader, moment)

    assert over.taken == 0, (
        f"{gone(reader, moment)}: places still taken when the view was over: {over.taken}; "
        f"expected 0. ({over.how})"
    )


@pytest.mark.task(4)
@at_any_moment
async def test_cancelled_twice(night: Night, moment: str) -> None:
    """When the view is cancelled again before it is over, the place is given back all the same."""
    assert night.is_async, "`results` is a sync view; expected an async one, that can be cancelled."

    async with night.called(for_s=MOMENTS[moment]) as task:
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.sleep(0.5)
        taken = night.board.taken

    assert taken == 0, (
        f"results(?after=0), cancelled twice in a row while it {moment}: places still taken 0.5 s "
        f"later: {taken}; expected 0."
    )


@pytest.mark.task(4)
async def test_the_next_reader_gets_the_place(small_night: Night) -> None:
    """The only place, which a reader has left, is the next reader's."""
    async with small_night.reader() as first:
        first.conversation.disconnect()
        await settle()
        async with small_night.reader() as second:
            small_night.board.publish(FIRST)
            await settle()

            second.check_told(FIRST, when="after the reader who had the only place went away")


@pytest.mark.task(4)
async def test_others_look_on(night: Night) -> None:
    """When one of two goes away while both ask `newest()`, the other one gets the news."""
    async with night.reader(for_s=0.02) as one, night.reader(for_s=0.02) as other:
        one.conversation.disconnect()
        await asyncio.sleep(1)
        night.board.publish(FIRST)
        await settle()

        other.check_told(
            FIRST,
            when="when result 1 was published after another reader had gone away, while both asked "
            "`newest()`",
        )


@pytest.mark.task(4)
async def test_others_wait_on(night: Night) -> None:
    """When one of three goes away, the two others wait on, and get the news."""
    async with night.reader() as one, night.reader() as two, night.reader() as three:
        two.conversation.disconnect()
        await settle()
        taken = night.board.taken
        night.board.publish(FIRST)
        await settle()

        besides = f" (Places taken after the second had gone away: {taken}; expected 2.)"
        for reader in (one, three):
            reader.check_told(
                FIRST,
                when=f"reader {reader.number} of three, when result 1 was published after the "
                "second had gone away",
                besides="" if taken == 2 else besides,
            )
