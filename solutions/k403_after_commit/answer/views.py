"""The corrections desk."""

import logging

from asgiref.sync import sync_to_async
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from katas.k403_after_commit.archive import NotPublished, file_correction
from katas.k403_after_commit.wire import announce

logger = logging.getLogger(__name__)


@require_POST
async def corrections(request: HttpRequest) -> HttpResponse:
    """File a correction, and announce it once it is committed."""
    sent = request.POST
    reference = sent["reference"]
    try:
        await sync_to_async(save)(
            reference, int(sent["article"]), int(sent["editor"]), sent["text"]
        )
    except (IntegrityError, NotPublished) as error:
        return JsonResponse({"refused": str(error)}, status=409)
    # The island has returned, so its transaction is committed, whatever happens from here on.
    announced = await try_to_announce(reference)
    return JsonResponse({"reference": reference, "announced": announced}, status=201)


def save(reference: str, article_id: int, editor_id: int, text: str) -> None:
    """File a correction in one transaction."""
    with transaction.atomic():
        file_correction(reference=reference, article_id=article_id, editor_id=editor_id, text=text)


async def try_to_announce(reference: str) -> bool:
    """Announce what is committed; say whether that worked."""
    try:
        await announce(reference)
    except Exception:
        logger.exception("correction %s is filed, and could not be announced", reference)
        return False
    return True
