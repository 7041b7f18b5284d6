"""Registers the announcement, then catches inside of the transaction."""

import logging

from asgiref.sync import async_to_sync, sync_to_async
from django.db import IntegrityError, transaction
from django.http import JsonResponse
from django.views.decorators.http import require_POST

from katas.k403_after_commit.archive import NotPublished, file_correction
from katas.k403_after_commit.wire import announce

logger = logging.getLogger(__name__)


@require_POST
async def corrections(request):
    fields = read(request)
    result = {}
    try:
        await sync_to_async(save)(fields, result)
    except IntegrityError as error:
        result["refused"] = str(error)
    if "refused" in result:
        return JsonResponse(result, status=409)
    return JsonResponse({"reference": fields["reference"], **result}, status=201)


def read(request):
    sent = request.POST
    return {
        "reference": sent["reference"],
        "article_id": int(sent["article"]),
        "editor_id": int(sent["editor"]),
        "text": sent["text"],
    }


def save(fields, result):
    def tell():
        result["announced"] = async_to_sync(try_to_announce)(fields["reference"])

    with transaction.atomic():
        transaction.on_commit(tell)
        try:
            file_correction(**fields)
        except (IntegrityError, NotPublished) as error:
            result["refused"] = str(error)


async def try_to_announce(reference):
    try:
        await announce(reference)
    except Exception:
        logger.exception("%s could not be announced", reference)
        return False
    return True
