"""Work that goes on behind the answer."""

import asyncio
import logging
import traceback
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import Context
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.db import connections

from katas.k506_background_work.request_ids import request_id

logger = logging.getLogger(__name__)

Job = Callable[..., Coroutine[Any, Any, None]]


class Jobs:
    """The jobs that are under way, on the event loop of the server."""

    def __init__(self) -> None:
        # The loop itself holds its tasks by weak references alone.
        self._running: set[asyncio.Task[None]] = set()

    def start(self, job: Job, *args: Any) -> None:
        """Have ``await job(*args)`` run on this loop, and return at once."""
        # A context of its own: in a copy of the request's, queries would go to its thread.
        task = asyncio.create_task(run(request_id.get(), job, args), context=Context())
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def drain(self) -> None:
        """Return when no job is under way any more."""
        while self._running:  # a job may start another one
            await asyncio.wait(self._running)


@contextmanager
def on_behalf_of(id_of_the_request: str) -> Iterator[None]:
    """Set request_id inside the block."""
    token = request_id.set(id_of_the_request)
    try:
        yield
    finally:
        request_id.reset(token)


async def run(for_request: str, job: Job, args: tuple[Any, ...]) -> None:
    """Run a job to its end, and leave neither an error nor a connection behind."""
    async with ThreadSensitiveContext():
        try:
            with on_behalf_of(for_request):
                await job(*args)
        except Exception:
            logger.error("[%s] a job failed\n%s", for_request, traceback.format_exc())
        finally:
            await sync_to_async(connections.close_all)()
