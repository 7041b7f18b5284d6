"""Wakes drain() by the last line of a job, and logs its failure by a callback, behind that."""

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
        self._tasks: set[asyncio.Task[None]] = set()
        self._pending = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def start(self, job: Job, *args: Any) -> None:
        context = Context()
        context.run(request_id.set, request_id.get())
        self._pending += 1
        self._idle.clear()
        task = asyncio.create_task(self._run(job, args), context=context)
        self._tasks.add(task)
        task.add_done_callback(self._done, context=context)

    async def _run(self, job: Job, args: tuple[Any, ...]) -> None:
        try:
            async with ThreadSensitiveContext():
                try:
                    await job(*args)
                finally:
                    await sync_to_async(connections.close_all)()
        finally:
            self._pending -= 1
            if not self._pending:
                self._idle.set()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.error("a job failed", exc_info=error)

    async def drain(self) -> None:
        await self._idle.wait()
