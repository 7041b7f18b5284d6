"""The live blog as a stream of events."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from katas.k602_sse_feed.hub import HEARTBEAT_S, Entry, Hub


def event(entry: Entry) -> str:
    """Return *entry* as a server-sent event: its number is the id, its text the data."""
    data = "".join(f"data: {line}\n" for line in entry.text.split("\n"))
    return f"id: {entry.number}\n{data}\n"


class LiveResponse(StreamingHttpResponse):
    """A response that knows how to end what its content holds."""

    def __init__(self, hub: Hub, after: int) -> None:
        self._held = ExitStack()
        super().__init__(self._events(hub, after), content_type="text/event-stream")
        self["X-Accel-Buffering"] = "no"

    async def _events(self, hub: Hub, after: int) -> AsyncIterator[str]:
        subscription = hub.subscribe(after)
        self._held.callback(hub.unsubscribe, subscription)
        with self._held:
            yield "retry: 2000\n\n"
            while True:
                try:
                    entry = await asyncio.wait_for(subscription.next(), HEARTBEAT_S)
                except TimeoutError:
                    yield ": nothing new\r\n\r\n"
                else:
                    yield event(entry)

    def close(self) -> None:
        super().close()
        self._held.close()


class Live(View):
    @method_decorator(never_cache)
    async def get(self, request: HttpRequest, hub: Hub) -> LiveResponse:
        try:
            after = int(request.headers.get("Last-Event-ID", ""))
        except ValueError:
            after = hub.newest
        if after > hub.newest:
            # The hub has been restarted.
            after = hub.newest
        return LiveResponse(hub, after)


live = Live.as_view()
