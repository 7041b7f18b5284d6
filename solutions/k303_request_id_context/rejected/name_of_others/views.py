"""The ticker and the search."""

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse

from katas.k303_request_id_context.request_ids import current_id


class Wire(Protocol):
    """What the ticker needs of the news agency."""

    def headlines(self) -> AsyncIterator[str]:
        """Yield headlines as they come in."""


class Archive(Protocol):
    """What the search needs of the old archive."""

    def search(self, words: str) -> list[str]:
        """Return the titles that match *words*; logs, and blocks for a while."""


async def ticker(request: HttpRequest, wire: Wire) -> StreamingHttpResponse:
    """Send each headline as it comes in, on a line of its own, after the id of the request."""
    # Read here: Django runs the generator once the middleware has returned.
    request_id = current_id()

    async def lines() -> AsyncIterator[str]:
        async for headline in wire.headlines():
            yield f"{request_id} {headline}\n"

    return StreamingHttpResponse(lines(), content_type="text/plain")


async def search(request: HttpRequest, archive: Archive) -> HttpResponse:
    """Answer with what the archive finds for `?q=`."""
    # Unlike run_in_executor, this takes the context along.
    found = await asyncio.to_thread(archive.search, request.GET["q"])
    return JsonResponse({"found": found})
