"""Work that goes on behind the answer."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
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
        context = Context()
        context.run(request_id.set, request_id.get())
        task = asyncio.create_task(run(job, args), context=context)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def drain(self) -> None:
        """Return when no job is under way any more."""
        while self._running:  # a job may start another one
            await asyncio.wait(self._running)


async def run(job: Job, args: tuple[Any, ...]) -> None:
    """Run a job to its end, and leave neither an error nor a connection behind."""
    async with ThreadSensitiveContext():
        try:
            await job(*args)
        except Exception:
            logger.exception("job %r failed with %r", job, args)
        finally:
            await sync_to_async(connections.close_all)()
