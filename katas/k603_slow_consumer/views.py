"""The live commentary. Edit this file; the brief is in README.md."""

from django.http import HttpRequest, StreamingHttpResponse

from katas.k603_slow_consumer.hub import Hub


async def commentary(request: HttpRequest, hub: Hub) -> StreamingHttpResponse:
    """Stream what the hub has for this reader, each item on a line of its own.

    TODO (task 4), (task 5): readers who go away.
    """
    raise NotImplementedError("task 4: stream the commentary")
