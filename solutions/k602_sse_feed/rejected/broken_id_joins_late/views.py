"""Joins late when it cannot read the last event."""

import asyncio
from collections.abc import AsyncIterator

from django.http import HttpRequest, StreamingHttpResponse

from katas.k602_sse_feed.hub import HEARTBEAT_S, Entry, Hub, Subscription

HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


def event(entry: Entry) -> str:
    """Return *entry* as a server-sent event: its number is the id, its text the data."""
    data = "".join(f"data: {line}\n" for line in entry.text.split("\n"))
    return f"id: {entry.number}\n{data}\n"


class Events:
    """What is sent to one reader; subscribes when somebody begins to read it."""

    def __init__(self, hub: Hub, after: int | None) -> None:
        self._hub = hub
        self._after = after
        self._subscription: Subscription | None = None

    async def __aiter__(self) -> AsyncIterator[str]:
        """Yield events, and a comment when there was none for a while."""
        subscription = self._subscription = self._hub.subscribe(self._after)
        try:
            while True:
                try:
                    async with asyncio.timeout(HEARTBEAT_S):
                        entry = await subscription.next()
                except TimeoutError:
                    yield ": still here\n\n"
                else:
                    yield event(entry)
        finally:
            self.close()

    def close(self) -> None:
        """End the subscription.

        Django calls this, in a thread, when it is done with a response. Where it gave up in the
        middle of sending, the generator stands at a `yield`, and nobody comes back to it.
        """
        if self._subscription is not None:
            self._hub.unsubscribe(self._subscription)


async def live(request: HttpRequest, hub: Hub) -> StreamingHttpResponse:
    """Send each entry when it is published, for as long as the reader is there."""
    last_id = request.headers.get("Last-Event-ID")
    after: int | None = hub.newest
    if last_id is not None:
        try:
            after = min(int(last_id), hub.newest)
        except ValueError:
            after = None
    return StreamingHttpResponse(
        Events(hub, after), content_type="text/event-stream", headers=HEADERS
    )
