"""Places: given back, whichever way the request ends."""

import asyncio
import threading

import pytest

from dojo.instruments.rendezvous import settle
from katas.k501_long_poll_disconnect.board import PATIENCE_S, LineDown
from tests.k501_long_poll_disconnect.night import FIRST, Night
from tests.k501_long_poll_disconnect.readers import Reader

LOOKING, WAITING = "asked `newest()`", "waited for news"
EACH_ERROR = pytest.mark.parametrize("kind", [LineDown, ConnectionError])


def check_place(reader: Reader, *, when: str) -> None:
    """Fail if the view is not over, or has kept the place."""
    __tracebackhide__ = True
    over = reader.over
    assert over is not None, f"{reader.call}, {when}: the view goes on; expected it to be over."
    assert over.taken == 0, (
        f"{reader.call}, {when}: places still taken when the view was over: {over.taken}; "
        f"expected 0. ({over.how})"
    )


@pytest.mark.task(3)
async def test_after_an_answer_at_once(night: Night) -> None:
    """A reader who was behind, and has been answered, has no place any more."""
    night.board.publish(FIRST)

    async with night.reader() as reader:
        check_place(reader, when="with result 1 published before")


@pytest.mark.task(3)
async def test_after_news(night: Night) -> None:
    """A reader who has waited, and got the news, has no place any more."""
    async with night.reader() as reader:
        night.board.publish(FIRST)
        await settle()

        check_place(reader, when="when result 1 was published")


@pytest.mark.task(3)
async def test_after_news_while_it_looked(night: Night) -> None:
    """A reader who got what was published while it asked `newest()` has no place any more."""
    async with night.reader(for_s=0.05) as reader:
        night.board.publish(FIRST)
        await asyncio.sleep(1)
        # Who has missed it is told now: that is for another test.
        await night.end()

        check_place(reader, when="with result 1 published while `newest()` was under way")


@pytest.mark.task(3)
async def test_after_waiting_in_vain(night: Night) -> None:
    """A reader who has waited in vain has no place any more."""
    async with night.reader(for_s=PATIENCE_S + 1) as reader:
        check_place(reader, when=f"after {PATIENCE_S} s without news")


async def break_line(night: Night, moment: str, kind: type[Exception]) -> Reader:
    """Let the line break at a moment of a request."""
    error = kind("the line is down")
    if moment == LOOKING:
        night.board.break_line(error)
    async with night.reader() as reader:
        if moment == WAITING:
            night.board.break_line(error)
            await asyncio.sleep(1)
    return reader


@pytest.mark.task(3)
@EACH_ERROR
@pytest.mark.parametrize("moment", [LOOKING, WAITING])
async def test_after_an_error(night: Night, moment: str, kind: type[Exception]) -> None:
    """When the line breaks, before a reader waits or meanwhile, the place is given back."""
    reader = await break_line(night, moment, kind)

    check_place(reader, when=f"for which the line was down when it {moment}")


@pytest.mark.task(3)
@EACH_ERROR
@pytest.mark.parametrize("moment", [LOOKING, WAITING])
async def test_an_error_is_an_error(night: Night, moment: str, kind: type[Exception]) -> None:
    """When the line breaks, that error comes out of the view, and no other, nor an answer."""
    reader = await break_line(night, moment, kind)

    over = reader.over
    error, how = (over.error, over.how) if over else (None, "the view goes on")
    assert isinstance(error, kind), (
        f"{reader.call}, for which the line was down when it {moment}: {how}; expected "
        f"{kind.__name__} to come out of the view."
    )


@pytest.mark.task(3)
async def test_places_change_hands_on_the_loop(night: Night) -> None:
    """A place is taken and given back on the board's event loop, and not in another thread."""
    async with night.reader() as reader:
        await night.end()
        await asyncio.sleep(1)

    others = night.board.threads - {threading.get_ident()}
    assert not others, (
        f"{reader.call}, when result 2 was published: other threads in which `join` or `leave` "
        f"was called: {len(others)}; expected 0."
    )
