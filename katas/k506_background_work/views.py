"""Letters to the editor. Edit this file; the brief is in README.md."""

from asgiref.sync import sync_to_async
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from katas.k506_background_work.desk import file_letter
from katas.k506_background_work.jobs import Jobs

# One for the whole process, made when the URLs are imported.
jobs = Jobs()


@require_POST
async def letters(request: HttpRequest) -> HttpResponse:
    """File a letter, and answer; the check goes on behind the answer.

    TODO (task 5): nobody checks it, and an unknown article is an error 500.
    """
    letter_id = await sync_to_async(save)(int(request.POST["article"]), request.POST["text"])
    return JsonResponse({"letter": letter_id}, status=202)


def save(article_id: int, text: str) -> int:
    """File a letter in one transaction, and return its key."""
    with transaction.atomic():
        return file_letter(article_id=article_id, text=text).pk
