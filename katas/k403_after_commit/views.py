"""The corrections desk. Edit this file; the brief is in README.md."""

from functools import partial

from asgiref.sync import sync_to_async
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from katas.k403_after_commit.archive import file_correction
from katas.k403_after_commit.wire import announce


@require_POST
async def corrections(request: HttpRequest) -> HttpResponse:
    """File a correction, and announce it once it is committed.

    TODO (tasks 2 and 3): what was refused, and whether it was announced.
    """
    sent = request.POST
    reference = sent["reference"]
    await sync_to_async(save)(reference, int(sent["article"]), int(sent["editor"]), sent["text"])
    return JsonResponse({"reference": reference, "announced": True}, status=201)


def save(reference: str, article_id: int, editor_id: int, text: str) -> None:
    """File a correction in one transaction.

    TODO (task 1): nobody has been told since `announce` became async.
    """
    with transaction.atomic():
        file_correction(reference=reference, article_id=article_id, editor_id=editor_id, text=text)
        transaction.on_commit(partial(announce, reference))
