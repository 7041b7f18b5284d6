"""Where the check is queued, every error of filing is a conflict."""

from typing import Any, Protocol

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from katas.k506_background_work.request_ids import request_id
from katas.k506_background_work.views import save


class CheckTask(Protocol):
    """What `queued.letters` needs of the task in `tasks.py`; Django's `Task` has it."""

    def enqueue(self, letter_id: int, for_request: str) -> Any:
        """Hand a letter over to the queue."""

    async def aenqueue(self, letter_id: int, for_request: str) -> Any:
        """Do the same."""


@require_POST
async def letters(request: HttpRequest, check: CheckTask) -> HttpResponse:
    """File a letter, hand its check to the queue, and answer."""
    try:
        letter_id = await sync_to_async(save)(int(request.POST["article"]), request.POST["text"])
    except Exception:
        return JsonResponse({"error": "there is no such article"}, status=409)
    # Only keys and words reach a worker in another process: no context, and no model instance.
    await check.aenqueue(letter_id, request_id.get())
    return JsonResponse({"letter": letter_id}, status=202)
