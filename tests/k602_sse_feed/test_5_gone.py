"""Gone: whatever happens, a subscription ends with its request."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from django.core.signals import request_finished

from dojo.instruments import tasks
from katas.k602_sse_feed.hub import HEARTBEAT_S, HubDown
from tests.k602_sse_feed import witness
from tests.k602_sse_feed.blog import Blog, wait
from tests.k602_sse_feed.leaving import (
    HEAD,
    SENDING,
    WAITING,
    check_over,
    facts,
    reader_at,
    several,
)

if TYPE_CHECKING:
    from pytest_django import Settings

# asgiref is not sure of a generator's `aclose`, says so, and does what it was asked to.
pytestmark = pytest.mark.filterwarnings("ignore:async_to_sync was passed a non-async-marked")

in_each_wait = pytest.mark.parametrize("moment", WAITING)
in_each_sending = pytest.mark.parametrize("moment", SENDING)


@pytest.mark.task(5)
@in_each_wait
async def test_gone_while_waiting(blog: Blog, moment: str) -> None:
    """A reader goes away while the view waits: the request ends, and the subscription."""
    async with reader_at(blog, moment) as reader:
        subscribed = blog.hub.subscribers
        assert subscribed == 1, (
            f"{reader.call}, when {moment}: subscriptions {subscribed}; expected "
            f"1{several(subscribed)}. (task 1)"
        )
        await reader.go_away()

        check_over(reader, blog, when=moment)


@pytest.mark.task(5)
@in_each_wait
async def test_nothing_more_is_sent(blog: Blog, moment: str) -> None:
    """A reader goes away while the view waits: nothing is sent any more, then or later."""
    async with reader_at(blog, moment) as reader:
        before = len(reader.line.messages)
        await reader.go_away()
        await wait(HEARTBEAT_S + 1)
        more = [(message["type"], message.get("body")) for message in reader.line.messages[before:]]

    assert more == [], (
        f"{reader.call}, whose reader went away when {moment}: {more[:3]} was sent after that; "
        "expected nothing, because CancelledError comes out of what Django iterates over."
    )


@pytest.mark.task(5)
@pytest.mark.parametrize("moment", [*WAITING, *SENDING])
async def test_no_task_goes_on(blog: Blog, moment: str) -> None:
    """A reader goes away: no task is left that was made for the request."""
    before = asyncio.all_tasks()
    async with reader_at(blog, moment) as reader:
        await reader.go_away()
        left = [tasks.describe(task) for task in asyncio.all_tasks() - before]

        assert left == [], (
            f"{reader.call}, whose reader went away when {moment}: tasks that go on: {left}; "
            f"expected none.{facts(moment)}"
        )


@pytest.mark.task(5)
@in_each_sending
async def test_gone_in_the_middle_of_sending(blog: Blog, moment: str) -> None:
    """A reader goes away while the server sends: the request ends, and the subscription."""
    async with reader_at(blog, moment) as reader:
        await reader.go_away()

        check_over(reader, blog, when=moment)


@pytest.mark.task(5)
async def test_gone_before_the_head_is_sent(blog: Blog) -> None:
    """A reader goes away before the head of the response is sent: there is no subscription."""
    async with blog.reader(full=True) as reader:
        await reader.go_away()

        check_over(reader, blog, when=HEAD)


@pytest.mark.task(5)
async def test_gone_before_the_response_begins(blog: Blog, settings: "Settings") -> None:
    """A reader goes away while a middleware has the response: there is no subscription."""
    settings.MIDDLEWARE = [witness.DAWDLE, witness.KEEP]

    async with blog.reader() as reader:
        await wait(1.137)
        await reader.go_away()

        check_over(reader, blog, when="a middleware still had the view's response")


@pytest.mark.task(5)
@pytest.mark.parametrize("moment", [WAITING[0], SENDING[0], HEAD])
async def test_django_ends_the_request(blog: Blog, moment: str) -> None:
    """A reader goes away: Django closes the response, and sends `request_finished`."""
    finished: list[object] = []

    def note(sender: object, **more: object) -> None:
        finished.append(sender)

    async with reader_at(blog, moment) as reader:
        request_finished.connect(note)
        try:
            await reader.go_away()
        finally:
            request_finished.disconnect(note)

    assert len(finished) == 1, (
        f"{reader.call}, whose reader went away when {moment}: request_finished was sent "
        f"{len(finished)} times; expected once, by close() of StreamingHttpResponse."
    )


@pytest.mark.task(5)
async def test_others_read_on(blog: Blog) -> None:
    """When one of three goes away, the two others get what is published."""
    async with blog.reader() as one, blog.reader() as two, blog.reader() as three:
        before = await blog.publish("Storm")
        await two.go_away()
        entry = await blog.publish("Calm")

        for number, reader in ((1, one), (3, three)):
            reader.check_got(
                before, entry, when=f"reader {number} of three, when the second had gone away"
            )
        left = blog.hub.subscribers
    assert left == 2, (
        f"{two.call}, by three, of whom the second has gone away: subscriptions {left}; expected 2."
    )


@pytest.mark.task(5)
@in_each_wait
async def test_the_hub_breaks_down(blog: Blog, moment: str) -> None:
    """An error of the hub comes out as it is, and the subscription ends."""
    with suppress(HubDown):
        async with reader_at(blog, moment) as reader:
            down = HubDown("no line to the newsroom")
            blog.hub.fail(down)
            await wait(0)
            call = f"{reader.call}, when the hub broke down after {moment}"
            assert reader.error is down, (
                f"{call}: {reader}; expected HubDown, as it is, to end the response."
            )
            left = blog.hub.subscribers
            assert left == 0, (
                f"{call}: subscriptions when the request was over: {left}; expected 0. Django does "
                "not close a response whose content raised an error."
            )
