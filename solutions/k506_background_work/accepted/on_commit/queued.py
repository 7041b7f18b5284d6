"""Letters whose check is handed to a queue."""

from functools import partial
from typing import Any, Protocol

from asgiref.sync import sync_to_async
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from katas.k506_background_work.desk import file_letter
from katas.k506_background_work.request_ids import request_id


class CheckTask(Protocol):
    """What `queued.letters` needs of the task in `tasks.py`; Django's `Task` has it."""

    def enqueue(self, letter_id: int, for_request: str) -> Any:
        """Hand a letter over to the queue."""

    async def aenqueue(self, letter_id: int, for_request: str) -> Any:
        """Do the same."""


@require_POST
async def letters(request: HttpRequest, check: CheckTask) -> HttpResponse:
    """File a letter, hand its check to the queue, and answer."""
    letter_id = await sync_to_async(save_and_enqueue)(
        check, int(request.POST["article"]), request.POST["text"]
    )
    if letter_id is None:
        return JsonResponse({"error": "there is no such article"}, status=409)
    return JsonResponse({"letter": letter_id}, status=202)


def save_and_enqueue(check: CheckTask, article_id: int, text: str) -> int | None:
    """File a letter, and have its check enqueued once that is committed; None: it is refused."""
    filed: list[int] = []
    try:
        with transaction.atomic():
            letter = file_letter(article_id=article_id, text=text)
            # What a callback raises comes out of this block as well.
            transaction.on_commit(partial(filed.append, letter.pk))
            transaction.on_commit(
                partial(check.enqueue, letter_id=letter.pk, for_request=request_id.get())
            )
    except IntegrityError:
        if filed:
            raise
        return None
    return letter.pk
