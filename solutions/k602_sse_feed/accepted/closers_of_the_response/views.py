"""The live blog as a stream of events."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

from django.http import HttpRequest, StreamingHttpResponse

from katas.k602_sse_feed.hub import HEARTBEAT_S, Entry, Hub

HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


def event(entry: Entry) -> str:
    """Return *entry* as a server-sent event: its number is the id, its text the data."""
    data = "".join(f"data: {line}\n" for line in entry.text.split("\n"))
    return f"id: {entry.number}\n{data}\n"


async def live(request: HttpRequest, hub: Hub) -> StreamingHttpResponse:
    after = hub.newest
    with suppress(KeyError, ValueError):
        after = min(after, int(request.headers["Last-Event-ID"]))
    ends: list[Callable[[], None]] = []

    async def events() -> AsyncIterator[str]:
        subscription = hub.subscribe(after)
        ends.append(lambda: hub.unsubscribe(subscription))
        quiet_s = 0
        try:
            yield ": welcome\n\n"
            while True:
                try:
                    async with asyncio.timeout(1):
                        entry = await subscription.next()
                except TimeoutError:
                    quiet_s += 1
                    if quiet_s < HEARTBEAT_S:
                        continue
                    chunk = ": ping\n\n"
                else:
                    chunk = event(entry)
                quiet_s = 0
                yield chunk
        finally:
            hub.unsubscribe(subscription)

    response = StreamingHttpResponse(
        events(),
        content_type="text/event-stream",
        headers=HEADERS | {"Cache-Control": "no-store, no-cache"},
    )
    close = response.close

    def close_all() -> None:
        close()
        for end in ends:
            end()

    response.close = close_all  # type: ignore[method-assign]
    return response
