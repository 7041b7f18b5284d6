"""Letters whose check is handed to a queue. Edit this file; the brief is in README.md."""

from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse


class CheckTask(Protocol):
    """What `queued.letters` needs of the task in `tasks.py`; Django's `Task` has it."""

    def enqueue(self, letter_id: int, for_request: str) -> Any:
        """Hand a letter over to the queue."""

    async def aenqueue(self, letter_id: int, for_request: str) -> Any:
        """Do the same."""


async def letters(request: HttpRequest, check: CheckTask) -> HttpResponse:
    """File a letter, hand its check to the queue, and answer.

    TODO (task 6).
    """
    raise NotImplementedError("task 6: hand it to Django's Tasks")
