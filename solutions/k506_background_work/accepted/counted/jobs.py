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
        self._running: dict[int, asyncio.Task[None]] = {}
        self._started = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def start(self, job: Job, *args: Any) -> None:
        """Have ``await job(*args)`` run on this loop, and return at once."""
        self._started += 1
        self._idle.clear()
        self._running[self._started] = asyncio.create_task(
            self._run(self._started, request_id.get(), job, args), context=Context()
        )

    async def _run(self, number: int, for_request: str, job: Job, args: tuple[Any, ...]) -> None:
        request_id.set(for_request)
        try:
            await run(job, args)
        finally:
            del self._running[number]
            if not self._running:
                self._idle.set()

    async def drain(self) -> None:
        """Return when no job is under way any more."""
        await self._idle.wait()


async def run(job: Job, args: tuple[Any, ...]) -> None:
    """Run a job to its end, and leave neither an error nor a connection behind."""
    async with ThreadSensitiveContext():
        try:
            await job(*args)
        except Exception:
            logger.exception("job %r failed with %r", job, args)
        finally:
            await sync_to_async(connections.close_all)()
