"""Heartbeat: a comment when nothing was sent for a while."""

import pytest

from katas.k602_sse_feed.hub import HEARTBEAT_S
from tests.k602_sse_feed.blog import Blog, Reader, wait


def check_comments(reader: Reader, *expected_s: float, when: str) -> None:
    """Fail if comments have come at other times; the first moment is everybody's own affair."""
    __tracebackhide__ = True
    seen_s = [at_s for at_s in reader.line.read.comments if at_s > 0]
    expected = [pytest.approx(at_s, abs=0.01) for at_s in expected_s]
    assert seen_s == expected, (
        f"{reader.call}, {when}: comments came at {seen_s[:9]} s; expected them at "
        f"{list(expected_s)} s. (received: {reader.line.received[-90:]!r})"
    )


@pytest.mark.task(3)
async def test_a_comment_when_nothing_is_published(blog: Blog) -> None:
    """As long as nothing is published, a comment comes every 15 s, and no event."""
    async with blog.reader() as reader:
        await wait(3 * HEARTBEAT_S + 0.5)

        check_comments(
            reader, *(n * HEARTBEAT_S for n in (1, 2, 3)), when="with nothing published in 45.5 s"
        )
        reader.check_got(when="with nothing published in 45.5 s")


@pytest.mark.task(3)
async def test_silence_is_counted_from_the_last_entry(blog: Blog) -> None:
    """A comment comes 15 s after the last thing that was sent, and never sooner."""
    async with blog.reader() as reader:
        for moment in (7.137, 7.137, 7.137):
            await wait(moment)
            await blog.publish()
        await wait(HEARTBEAT_S + 0.5)

        check_comments(
            reader, 36.411, when="with entries after 7.137 s, 14.274 s and 21.411 s and none since"
        )


@pytest.mark.task(3)
async def test_entries_go_on_after_a_comment(blog: Blog) -> None:
    """What is published after a comment is sent at once."""
    async with blog.reader() as reader:
        await wait(2 * HEARTBEAT_S + 1.137)
        entry = await blog.publish()

        reader.check_got(entry, when="when an entry was published after 31.137 s")


@pytest.mark.task(3)
async def test_nothing_is_lost_behind_a_comment(blog: Blog) -> None:
    """What is published while a comment is still being sent arrives after it."""
    async with blog.reader() as reader:
        reader.line.fill()
        await wait(HEARTBEAT_S + 1.137)
        entries = [await blog.publish("Storm"), await blog.publish("Calm")]
        await wait(HEARTBEAT_S + 1.137)
        reader.line.empty()
        await wait(0)

        reader.check_got(*entries, when="with two entries published while a comment was being sent")


@pytest.mark.task(3)
async def test_silence_is_counted_from_the_end_of_the_sending(blog: Blog) -> None:
    """While an entry is being sent, however long, there is no silence."""
    async with blog.reader() as reader:
        reader.line.fill()
        await blog.publish()
        await wait(20.137)
        reader.line.empty()
        await wait(HEARTBEAT_S + 0.5)

        check_comments(
            reader, 35.137, when="with an entry whose sending took from 0 s to 20.137 s, none since"
        )


@pytest.mark.task(3)
async def test_comments_do_not_pile_up(blog: Blog) -> None:
    """While a comment is being sent, however long, no other one is made."""
    async with blog.reader() as reader:
        reader.line.fill()
        await wait(50.137)
        reader.line.empty()
        await wait(HEARTBEAT_S + 0.5)

        check_comments(
            reader,
            50.137,
            65.137,
            when="with a comment whose sending took until 50.137 s, and nothing published",
        )
