"""`atomic` around a coroutine function: the transaction is over before the body runs."""

import logging

from asgiref.sync import sync_to_async
from django.db import IntegrityError, transaction
from django.http import JsonResponse
from django.views.decorators.http import require_POST

from katas.k403_after_commit.archive import NotPublished, file_correction
from katas.k403_after_commit.wire import announce

logger = logging.getLogger(__name__)


@require_POST
async def corrections(request):
    fields = read(request)
    try:
        # atomic has made a plain function of it, which returns a coroutine.
        coroutine = await sync_to_async(transaction.atomic(save))(fields)
        await coroutine
    except (IntegrityError, NotPublished) as error:
        return JsonResponse({"refused": str(error)}, status=409)
    announced = await try_to_announce(fields["reference"])
    return JsonResponse({"reference": fields["reference"], "announced": announced}, status=201)


def read(request):
    sent = request.POST
    return {
        "reference": sent["reference"],
        "article_id": int(sent["article"]),
        "editor_id": int(sent["editor"]),
        "text": sent["text"],
    }


async def save(fields):
    await sync_to_async(file_correction)(**fields)


async def try_to_announce(reference):
    try:
        await announce(reference)
    except Exception:
        logger.exception("%s could not be announced", reference)
        return False
    return True
