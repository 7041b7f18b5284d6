"""The live blog as a stream of events. Edit this file; the brief is in README.md."""

from collections.abc import AsyncIterator

from django.http import HttpRequest, StreamingHttpResponse

from katas.k602_sse_feed.hub import Entry, Hub


def event(entry: Entry) -> str:
    """Return *entry* as a server-sent event: its number is the id, its text the data.

    TODO (task 1): a text of several lines.
    """
    return f"id: {entry.number}\ndata: {entry.text}\n\n"


async def live(request: HttpRequest, hub: Hub) -> StreamingHttpResponse:
    """Send each entry when it is published, for as long as the reader is there.

    TODO (task 2): the headers.
    TODO (task 3): a sign of life when nothing is published.
    TODO (task 4): what the reader has missed.
    TODO (task 5): nobody ends a subscription.
    """
    subscription = hub.subscribe()

    async def events() -> AsyncIterator[str]:
        while True:
            yield event(await subscription.next())

    return StreamingHttpResponse(events())
