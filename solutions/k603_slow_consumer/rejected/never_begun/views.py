"""The live commentary."""

from collections.abc import AsyncIterator
from contextlib import ExitStack

from django.http import HttpRequest, StreamingHttpResponse

from katas.k603_slow_consumer.hub import Hub, Subscription


async def lines(subscription: Subscription, stack: ExitStack) -> AsyncIterator[str]:
    """Yield what the hub has for one reader, who is subscribed as long as this runs."""
    with stack:
        while True:
            yield f"{await subscription.next()}\n"


async def commentary(request: HttpRequest, hub: Hub) -> StreamingHttpResponse:
    """Stream what the hub has for this reader, each item on a line of its own."""
    stack = ExitStack()
    subscription = stack.enter_context(hub.subscribe())
    stream = lines(subscription, stack)
    return StreamingHttpResponse(stream, content_type="text/plain; charset=utf-8")
