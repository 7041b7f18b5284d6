"""The live commentary."""

from collections.abc import AsyncIterator

from django.http import HttpRequest, StreamingHttpResponse

from katas.k603_slow_consumer.hub import Hub


async def lines(hub: Hub) -> AsyncIterator[str]:
    """Yield what the hub has for one reader, who is subscribed as long as this runs."""
    with hub.subscribe() as subscription:
        while True:
            yield f"{await subscription.next()}\n"


async def commentary(request: HttpRequest, hub: Hub) -> StreamingHttpResponse:
    """Stream what the hub has for this reader, each item on a line of its own."""
    return StreamingHttpResponse(lines(hub), content_type="text/plain; charset=utf-8")
