"""Leaves a response open that nobody has begun to read."""

import asyncio
from collections.abc import AsyncIterator

from django.http import HttpRequest, StreamingHttpResponse

from katas.k602_sse_feed.hub import HEARTBEAT_S, Entry, Hub, Subscription

HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


def event(entry: Entry) -> str:
    """Return *entry* as a server-sent event: its number is the id, its text the data."""
    data = "".join(f"data: {line}\n" for line in entry.text.split("\n"))
    return f"id: {entry.number}\n{data}\n"


class LiveResponse(StreamingHttpResponse):
    """A response that ends its subscription when Django closes it."""

    def __init__(self, hub: Hub, after: int) -> None:
        self.hub = hub
        self.after = after
        self.subscription: Subscription | None = None
        super().__init__(self.events(), content_type="text/event-stream", headers=HEADERS)

    async def events(self) -> AsyncIterator[str]:
        self.subscription = self.hub.subscribe(self.after)
        try:
            while True:
                try:
                    async with asyncio.timeout(HEARTBEAT_S):
                        entry = await self.subscription.next()
                except TimeoutError:
                    yield ": still here\n\n"
                else:
                    yield event(entry)
        finally:
            self.hub.unsubscribe(self.subscription)

    def close(self) -> None:
        if self.subscription is None:
            return
        self.hub.unsubscribe(self.subscription)
        super().close()


async def live(request: HttpRequest, hub: Hub) -> StreamingHttpResponse:
    """Send each entry when it is published, for as long as the reader is there."""
    try:
        after = min(int(request.headers["Last-Event-ID"]), hub.newest)
    except (KeyError, ValueError):
        after = hub.newest
    return LiveResponse(hub, after)
