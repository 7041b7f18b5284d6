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
    """Subscribe for one entry at a time: at a `yield` there is nothing to end."""
    while True:
        subscription = hub.subscribe(after)
        try:
            entry = await asyncio.wait_for(subscription.next(), HEARTBEAT_S)
        except TimeoutError:
            chunk = ":\n\n"
        else:
            chunk, after = event(entry), entry.number
        finally:
            hub.unsubscribe(subscription)
        yield chunk


async def live(request: HttpRequest, hub: Hub) -> StreamingHttpResponse:
    last_id = request.headers.get("Last-Event-ID", "")
    try:
        after = min(int(last_id), hub.newest)
    except ValueError:
        after = hub.newest
    return StreamingHttpResponse(
        events(hub, after), content_type="text/event-stream; charset=utf-8", headers=HEADERS
    )
