"""The live commentary."""

import asyncio
from contextlib import ExitStack

from django.http import HttpRequest, StreamingHttpResponse

from katas.k603_slow_consumer.hub import Hub, Subscription


class Lines:
    """What the hub has for one reader, who is subscribed from the first look to the end.

    Django calls `close` when the response is over, whatever the stream was doing, in a thread of
    its own; the hub belongs to the loop.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._loop = asyncio.get_running_loop()
        self._stack = ExitStack()
        self._subscription: Subscription | None = None

    def __aiter__(self) -> "Lines":
        return self

    async def __anext__(self) -> str:
        if self._subscription is None:
            self._subscription = self._stack.enter_context(self._hub.subscribe())
        return f"{await self._subscription.next()}\n"

    def close(self) -> None:
        """End the subscription, soon."""
        self._loop.call_soon_threadsafe(self._stack.close)


async def commentary(request: HttpRequest, hub: Hub) -> StreamingHttpResponse:
    """Stream what the hub has for this reader, each item on a line of its own."""
    return StreamingHttpResponse(Lines(hub), content_type="text/plain; charset=utf-8")
