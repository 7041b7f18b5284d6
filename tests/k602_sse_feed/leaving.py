"""Readers who go away at a moment of choice, and what is to be left of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from katas.k602_sse_feed.hub import HEARTBEAT_S
from tests.k602_sse_feed import witness
from tests.k602_sse_feed.blog import Blog, Reader, wait

WAITING = ["nothing had been sent", "an entry had been sent", "a comment had been sent"]
HEAD = "the head of the response was being sent"
# What that is, an entry or something before it, is everybody's own affair.
FIRST = "the first thing behind the head was being sent"
SENDING = ["an entry was being sent", "a comment was being sent", FIRST]


@asynccontextmanager
async def reader_at(blog: Blog, moment: str) -> AsyncIterator[Reader]:
    """Let somebody read until *moment*."""
    async with blog.reader(full=moment == HEAD, head_alone=moment == FIRST) as reader:
        await wait(1.137)
        if moment in SENDING:
            reader.line.fill()
        if "entry" in moment or moment == FIRST:
            await blog.publish()
        if "comment" in moment:
            await wait(HEARTBEAT_S)
        assert reader.line.blocked is (moment in [HEAD, *SENDING]), (
            f"{reader.call}, until {moment}: {reader}; expected it to be so. (tasks 1 and 3)"
        )
        yield reader


def check_over(reader: Reader, blog: Blog, *, when: str) -> None:
    """Fail if the request goes on, or its subscription."""
    __tracebackhide__ = True
    call = f"{reader.call}, whose reader went away when {when}"
    assert reader.is_over, f"{call}: the request goes on; expected it to end at once."
    left = blog.hub.subscribers
    assert left == 0, (
        f"{call}: subscriptions when the request was over: {left}; expected 0.{facts(when)}"
    )


def facts(moment: str) -> str:
    """Return what Django does not tell, for messages."""
    yielded = (
        " The iterator had yielded then, and no cancellation reaches it; what Django does is to "
        "call close() of the response, which calls close() of its content if there is one."
    )
    closed = "".join(f" Django hides what close() did: {what}." for what in witness.closed)
    return (yielded if moment in SENDING else "") + closed


def several(count: int) -> str:
    """Return why one reader may have more than one subscription, for messages."""
    if count < 2:
        return ""
    return (
        "; one reader has more than one. Django calls aiter() of the content when the response is "
        "made, and again when it is sent"
    )
