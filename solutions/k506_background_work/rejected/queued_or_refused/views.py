"""Letters to the editor."""

from asgiref.sync import sync_to_async
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from katas.k506_background_work.checks import check_letter
from katas.k506_background_work.desk import file_letter
from katas.k506_background_work.jobs import Jobs

# One for the whole process, made when the URLs are imported.
jobs = Jobs()


@require_POST
async def letters(request: HttpRequest) -> HttpResponse:
    """File a letter, and answer; the check goes on behind the answer."""
    try:
        letter_id = await sync_to_async(save)(int(request.POST["article"]), request.POST["text"])
    except IntegrityError:
        return JsonResponse({"error": "there is no such article"}, status=409)
    # The island has returned, so the letter is committed.
    jobs.start(check_letter, letter_id)
    return JsonResponse({"letter": letter_id}, status=202)


def save(article_id: int, text: str) -> int:
    """File a letter in one transaction, and return its key."""
    with transaction.atomic():
        return file_letter(article_id=article_id, text=text).pk
