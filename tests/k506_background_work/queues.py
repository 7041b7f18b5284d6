"""Queues that note what is enqueued, and a worker that knows nothing of the request.

On Django 5.2, which has no `django.tasks`, the task of the tests is a stand-in.
"""

import asyncio
import json
import threading
from contextvars import Context
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Protocol

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.db import connections

from katas.k506_background_work.checks import check_letter
from katas.k506_background_work.models import Letter
from katas.k506_background_work.request_ids import request_id

HAS_TASKS = find_spec("django.tasks") is not None
# `immediate` is Django's default; `stored` stands for a queue in the database.
KINDS = ("stored", "immediate") if HAS_TASKS else ("stand-in",)


@dataclass
class Call:
    """One call of `enqueue`, by whichever of the two methods."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    on_the_loop: bool
    is_stored: bool = False
    came_to: str = ""

    @property
    def given(self) -> tuple[Any, ...]:
        """The key of the letter and the id of the request, however they were passed."""
        named = [self.kwargs[name] for name in ("letter_id", "for_request") if name in self.kwargs]
        return (*self.args, *named)

    def store(self) -> None:
        """Do as a queue in the database does: make a query, and take what is JSON.

        Raises:
            SynchronousOnlyOperation: On the loop.
            TypeError: An argument is no JSON.
        """
        json.dumps([self.args, self.kwargs])
        Letter.objects.exists()
        self.is_stored = True


class Calls:
    """What has been enqueued, by a queue that waits for `go_on` before it takes it.

    Attributes:
        fails: What the queue raises, in place of taking it.
    """

    def __init__(self) -> None:
        self.made: list[Call] = []
        self.fails: Exception | None = None
        self.go_on = threading.Event()
        self.go_on.set()

    def note(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
        """Note a call."""
        call = Call(tuple(args), dict(kwargs), on_the_loop=runs_on_a_loop())
        self.made.append(call)
        if not call.on_the_loop:
            self.go_on.wait()
        if self.fails:
            raise self.fails
        return call


class Task(Protocol):
    """The part of a task that the page and the worker use."""

    def enqueue(self, *args: Any, **kwargs: Any) -> Any:
        """Hand over."""

    async def aenqueue(self, *args: Any, **kwargs: Any) -> Any:
        """Hand over."""

    async def acall(self, *args: Any, **kwargs: Any) -> Any:
        """Do the work."""


def runs_on_a_loop() -> bool:
    """Say whether an event loop runs in this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


@dataclass
class StandIn:
    """What Django 5.2 has no word for: a task, in a queue in the database."""

    calls: Calls

    def enqueue(self, *args: Any, **kwargs: Any) -> None:
        """Store it."""
        self.calls.note(args, kwargs).store()

    async def aenqueue(self, *args: Any, **kwargs: Any) -> None:
        """Store it, from the thread that `sync_to_async` goes to."""
        await sync_to_async(self.enqueue)(*args, **kwargs)

    async def acall(self, letter_id: int, for_request: str) -> None:
        """Check a letter on behalf of the request with that id."""
        request_id.set(for_request)
        await check_letter(letter_id)


async def do_the_work(task: Task, calls: Calls) -> None:
    """Do what is enqueued, as a worker in another process: nothing but the arguments gets there."""

    async def work() -> None:
        async with ThreadSensitiveContext():
            try:
                for call in (call for call in calls.made if call.is_stored):
                    await task.acall(*call.args, **call.kwargs)
            finally:
                await sync_to_async(connections.close_all)()

    await asyncio.create_task(work(), context=Context())
