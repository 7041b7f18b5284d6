"""Work that goes on behind the answer."""

import asyncio
import logging
import threading
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
        self._threads: set[threading.Thread] = set()

    def start(self, job: Job, *args: Any) -> None:
        """Have ``await job(*args)`` run on this loop, and return at once."""
        context = Context()
        context.run(request_id.set, request_id.get())

        def work() -> None:
            try:
                context.run(asyncio.run, run(job, args))
            except asyncio.CancelledError:
                pass  # the job's own
            finally:
                self._threads.discard(threading.current_thread())

        thread = threading.Thread(target=work)
        self._threads.add(thread)
        thread.start()

    async def drain(self) -> None:
        """Return when no job is under way any more."""
        while self._threads:
            await asyncio.to_thread(next(iter(self._threads)).join)


async def run(job: Job, args: tuple[Any, ...]) -> None:
    """Run a job to its end, and leave neither an error nor a connection behind."""
    async with ThreadSensitiveContext():
        try:
            await job(*args)
        except Exception:
            logger.exception("job %r failed with %r", job, args)
        finally:
            await sync_to_async(connections.close_all)()
