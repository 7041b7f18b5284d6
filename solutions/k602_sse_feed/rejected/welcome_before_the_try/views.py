"""Sends a first comment outside of the `try`."""

import asyncio
from collections.abc import AsyncGenerator

from asgiref.sync import async_to_sync
from django.http import HttpRequest, StreamingHttpResponse

from katas.k602_sse_feed.hub import HEARTBEAT_S, Entry, Hub

HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


def event(entry: Entry) -> str:
    """Return *entry* as a server-sent event: its number is the id, its text the data."""
    data = "".join(f"data: {line}\n" for line in entry.text.split("\n"))
    return f"id: {entry.number}\n{data}\n"


async def events(hub: Hub, after: int) -> AsyncGenerator[str, None]:
    subscription = hub.subscribe(after)
    yield ": welcome\n\n"
    try:
        while True:
            try:
                async with asyncio.timeout(HEARTBEAT_S):
                    entry = await subscription.next()
            except TimeoutError:
                yield ":\n"
                continue
            yield event(entry)
    finally:
        hub.unsubscribe(subscription)


class Closing:
    """An async generator that Django can close, from the thread in which it closes responses."""

    def __init__(self, generator: AsyncGenerator[str, None]) -> None:
        self._generator = generator

    def __aiter__(self) -> AsyncGenerator[str, None]:
        return self._generator

    def close(self) -> None:
        # A warning says that it is not marked as async; it is.
        async_to_sync(self._generator.aclose)()


async def live(request: HttpRequest, hub: Hub) -> StreamingHttpResponse:
    """Send each entry when it is published, for as long as the reader is there."""
    try:
        after = min(int(request.headers["Last-Event-ID"]), hub.newest)
    except (KeyError, ValueError):
        after = hub.newest
    return StreamingHttpResponse(
        Closing(events(hub, after)), content_type="text/event-stream", headers=HEADERS
    )
