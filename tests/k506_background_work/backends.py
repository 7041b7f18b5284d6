"""Backends for Django's Tasks that note what is enqueued. Only for Django 6.0 and later."""

from typing import Any

from django.tasks import TaskResult, TaskResultStatus
from django.tasks.backends.base import BaseTaskBackend
from django.tasks.backends.immediate import ImmediateBackend

from tests.k506_background_work.queues import Calls

calls = Calls()


class Immediate(ImmediateBackend):
    """Django's own, which does the work at once, in the thread that enqueues it."""

    def enqueue(self, task: Any, args: Any, kwargs: Any) -> Any:
        """Note the call and what it came to."""
        call = calls.note(args, kwargs)
        result: TaskResult[Any, Any] = super().enqueue(task, args, kwargs)
        last = result.errors[-1].traceback.strip().splitlines()[-1] if result.errors else ""
        call.came_to = f"{result.status}: {last}" if last else str(result.status)
        return result


class Stored(BaseTaskBackend):
    """A queue in the database: it takes nothing on the loop, and does no work."""

    supports_async_task = True

    def enqueue(self, task: Any, args: Any, kwargs: Any) -> Any:
        """Note the call."""
        calls.note(args, kwargs).store()
        return TaskResult(
            task=task,
            id="1",
            status=TaskResultStatus.READY,
            enqueued_at=None,
            started_at=None,
            finished_at=None,
            last_attempted_at=None,
            args=args,
            kwargs=kwargs,
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )
