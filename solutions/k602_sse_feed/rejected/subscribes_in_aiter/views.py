"""The live blog as a stream of events."""

import asyncio

from django.http import HttpRequest, StreamingHttpResponse

from katas.k602_sse_feed.hub import HEARTBEAT_S, Entry, Hub, Subscription

HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


def event(entry: Entry) -> str:
    """Return *entry* as a server-sent event: its number is the id, its text the data."""
    data = "".join(f"data: {line}\n" for line in entry.text.split("\n"))
    return f"id: {entry.number}\n{data}\n"


class Events:
    """An iterator written by hand; it keeps its question to the hub across comments."""

    def __init__(self, hub: Hub, after: int) -> None:
        self._hub = hub
        self._after = after
        self._subscription: Subscription | None = None
        self._loop = asyncio.get_running_loop()
        self._next: asyncio.Task[Entry] | None = None

    def __aiter__(self) -> "Events":
        self._subscription = self._hub.subscribe(self._after)
        return self

    async def __anext__(self) -> str:
        try:
            return await self._chunk()
        except BaseException:
            self._end()
            raise

    async def _chunk(self) -> str:
        if self._next is None:
            self._next = asyncio.create_task(self._subscription.next())
        await asyncio.wait({self._next}, timeout=HEARTBEAT_S)
        if not self._next.done():
            return ": ping\n\n"
        entry = self._next.result()
        self._next = None
        return event(entry)

    def _end(self) -> None:
        if self._next is not None:
            self._next.cancel()
        if self._subscription is not None:
            self._hub.unsubscribe(self._subscription)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._end)


async def live(request: HttpRequest, hub: Hub) -> StreamingHttpResponse:
    """Send each entry when it is published, for as long as the reader is there."""
    try:
        after = min(int(request.headers["Last-Event-ID"]), hub.newest)
    except (KeyError, ValueError):
        after = hub.newest
    return StreamingHttpResponse(
        Events(hub, after), content_type="text/event-stream", headers=HEADERS
    )
