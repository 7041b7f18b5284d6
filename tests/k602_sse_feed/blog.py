"""The live blog: a hub, and readers who follow it through the real ASGI handler."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from django.urls import path

from dojo.instruments import learner
from dojo.instruments.asgi import Conversation, Conversations, DjangoApplication
from dojo.instruments.rendezvous import settle
from katas.k602_sse_feed import desk, views
from katas.k602_sse_feed.hub import Entry, Hub, Subscription
from tests.k602_sse_feed import witness
from tests.k602_sse_feed.event_source import Event
from tests.k602_sse_feed.line import Line

URL = "/live/"


def event(entry: Entry) -> Event:
    """Return what a page is to get of *entry*."""
    return Event(str(entry.number), entry.text)


def shown(events: list[Event]) -> str:
    """Return how events are shown in messages: the first few of many."""
    more = f" and {len(events) - 9} more" if len(events) > 9 else ""
    return f"{events[:9]}{more}"


def shortened(text: str) -> str:
    """Return how a text is shown in messages."""
    return repr(text) if len(text) < 20 else f"{text[:6]}… of {len(text)} characters"


class KeptHub(Hub):
    """A hub that keeps its subscriptions, ended or not."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Subscription] = []

    def subscribe(self, after: int | None = None) -> Subscription:
        """Subscribe."""
        self.kept.append(super().subscribe(after))
        return self.kept[-1]

    def wake_all(self) -> None:
        """Tell something to whoever waits for a subscription, even for one that has ended."""
        for subscription in self.kept:
            subscription.put(Entry(0, "the test is over"))


class Reader:
    """A request that is under way, or was."""

    def __init__(self, conversation: Conversation, line: Line, call: str) -> None:
        self.conversation = conversation
        self.line = line
        self.call = call
        self.has_left = False

    @property
    def events(self) -> list[Event]:
        """The events that have been received."""
        return self.line.read.events

    @property
    def status(self) -> int | None:
        """The status of the response; None before it begins."""
        return self.line.messages[0]["status"] if self.line.messages else None

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the response, by their names in small letters."""
        start = self.line.messages[0] if self.line.messages else {"headers": []}
        return {name.decode().lower(): value.decode() for name, value in start["headers"]}

    @property
    def is_over(self) -> bool:
        """Whether the application has ended."""
        return self.conversation.task.done()

    @property
    def error(self) -> BaseException | None:
        """What came out of the application; None as long as nothing has."""
        if not self.is_over:
            return None
        if self.conversation.task.cancelled():
            return asyncio.CancelledError()
        return self.conversation.task.exception()

    async def go_away(self) -> None:
        """Close the connection, and let everything happen that happens at once.

        The loop is in debug mode meanwhile: it then refuses what a thread may not do with it,
        which is a matter of luck otherwise.
        """
        loop = asyncio.get_running_loop()
        self.has_left = True
        self.conversation.disconnect()
        loop.set_debug(True)
        try:
            await settle()
        finally:
            loop.set_debug(False)

    def check_got(self, *entries: Entry, when: str) -> None:
        """Fail if the reader has not got just these entries by now, and is still there."""
        __tracebackhide__ = True
        expected = [event(entry) for entry in entries]
        assert (self.status, self.events) == (200, expected), (
            f"{self.call}, {when}: {self}; expected 200 and the events {shown(expected)}."
        )
        assert not self.is_over, f"{self.call}, {when}: {self}; expected the response to go on."

    def __str__(self) -> str:
        """Say what came back, and how the request ended if it has, for messages."""
        begun = f"status {self.status}" if self.status else "no response yet"
        state = f"{begun}, events {shown(self.events)}"
        return f"{state}; then {self._end()}" if self.is_over else state

    def _end(self) -> str:
        if self.error is None:
            return "it ended"
        if not isinstance(self.error, asyncio.CancelledError):
            return learner.told(self.error)
        if self.has_left:
            return "CancelledError"
        return (
            "CancelledError, though the reader is there: a time limit in the iterator goes on "
            "while the server sends what it has yielded, and cancels that"
        )


class Blog:
    """One hub behind the view, and whoever reads."""

    def __init__(self, hub: KeptHub) -> None:
        self.hub = hub
        self.urlpatterns = [
            path("live/", views.live, {"hub": hub}),
            path("publish/", desk.publish, {"hub": hub}),
        ]
        self.application = DjangoApplication()

    @asynccontextmanager
    async def reader(
        self, *, last_id: str | None = None, full: bool = False, head_alone: bool = False
    ) -> AsyncIterator[Reader]:
        """Let somebody read, with or without a `Last-Event-ID`; go on when that has settled.

        Args:
            full: Whether the line is full from the start.
            head_alone: Whether the line is full when it has taken the head of the response.
        """
        line = Line(self.application)
        if full:
            line.fill()
        if head_alone:
            line.fill_behind_the_head()
        headers = {} if last_id is None else {"Last-Event-ID": last_id}
        shown = "" if last_id is None else f" with Last-Event-ID {shortened(last_id)}"
        try:
            async with Conversations(line)("GET", URL, headers=headers) as conversation:
                await settle()
                yield Reader(conversation, line, f"GET {URL}{shown}")
        finally:
            # What goes on by now is a matter for the tests of task 5, and not for all the others.
            line.cut = True
            line.empty()
            self.hub.wake_all()
            witness.forget()
            await settle()

    async def publish(self, text: str = "Ferry cancelled") -> Entry:
        """Publish an entry; return when everything has happened that happens at once."""
        entry = self.hub.publish(text)
        await settle()
        return entry


async def wait(seconds: float) -> None:
    """Let time pass, and what is due by then happen."""
    await asyncio.sleep(seconds)
    await settle()
