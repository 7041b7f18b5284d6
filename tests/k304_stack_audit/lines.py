"""Ways for a stream to come to its reader: proxies, slow lines, a site that takes its time."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from itertools import islice

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from katas.k304_stack_audit.servers import Serve, View
from tests.k304_stack_audit.places import asgi

LATENCY_S = 0.05
DELAY_S = 0.2


@contextmanager
def in_pairs() -> Iterator[Serve]:
    """Serve under ASGI, behind a proxy that passes parts on when it has two."""
    with asgi() as serve_each:

        def serve(view: View) -> Iterator[bytes]:
            parts = serve_each(view)
            for part in parts:
                pair = [part, *islice(parts, 1)]
                yield from pair

        yield serve


@contextmanager
def slow_line() -> Iterator[Serve]:
    """Serve under ASGI, over a line on which each part takes 0.05 s."""
    with asgi() as serve_each:

        def serve(view: View) -> Iterator[bytes]:
            for part in serve_each(view):
                time.sleep(LATENCY_S)
                yield part

        yield serve


@contextmanager
def slow_site() -> Iterator[Serve]:
    """Serve under ASGI, behind middleware that takes 0.2 s before the view and after each part."""
    with asgi() as serve_each:

        def serve(view: View) -> Iterator[bytes]:
            async def slow_view(request: HttpRequest) -> HttpResponseBase:
                await asyncio.sleep(DELAY_S)
                response = await view(request)
                if isinstance(response, StreamingHttpResponse):
                    parts = response.streaming_content
                    if isinstance(parts, AsyncIterator):
                        response.streaming_content = slowly(parts)
                return response

            return serve_each(slow_view)

        yield serve


async def slowly(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield *parts* as they come; take a break before the next is asked for."""
    async for part in parts:
        yield part
        await asyncio.sleep(DELAY_S)
