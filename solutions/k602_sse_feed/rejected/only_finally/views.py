"""The live blog as a stream of events."""

import asyncio
from collections.abc import AsyncIterator

from django.http import HttpRequest, StreamingHttpResponse

from katas.k602_sse_feed.hub import HEARTBEAT_S, Entry, Hub

HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


def event(entry: Entry) -> str:
    """Return *entry* as a server-sent event: its number is the id, its text the data."""
    data = "".join(f"data: {line}\n" for line in entry.text.split("\n"))
    return f"id: {entry.number}\n{data}\n"


async def events(hub: Hub, after: int) -> AsyncIterator[str]:
    """Yield events, and a comment when there was none for a while."""
    subscription = hub.subscribe(after)
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
        hub.unsubscribe(subscription)


async def live(request: HttpRequest, hub: Hub) -> StreamingHttpResponse:
    """Send each entry when it is published, for as long as the reader is there."""
    try:
        after = min(int(request.headers["Last-Event-ID"]), hub.newest)
    except (KeyError, ValueError):
        after = hub.newest
    return StreamingHttpResponse(
        events(hub, after), content_type="text/event-stream", headers=HEADERS
    )
