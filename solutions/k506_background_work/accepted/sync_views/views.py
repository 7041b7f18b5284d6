"""Letters to the editor."""

from asgiref.sync import async_to_sync
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from katas.k506_background_work.checks import check_letter
from katas.k506_background_work.desk import file_letter
from katas.k506_background_work.jobs import Jobs

# One for the whole process, made when the URLs are imported.
jobs = Jobs()


@require_POST
def letters(request: HttpRequest) -> HttpResponse:
    """File a letter, and answer; the check goes on behind the answer."""
    try:
        letter_id = save(int(request.POST["article"]), request.POST["text"])
    except IntegrityError:
        return JsonResponse({"error": "there is no such article"}, status=409)
    async_to_sync(begin)(letter_id)
    return JsonResponse({"letter": letter_id}, status=202)


async def begin(letter_id: int) -> None:
    """Start the check, on the loop that the server runs."""
    jobs.start(check_letter, letter_id)


def save(article_id: int, text: str) -> int:
    """File a letter in one transaction, and return its key."""
    with transaction.atomic():
        return file_letter(article_id=article_id, text=text).pk
