"""The island returns what is to be announced, or nothing if it was refused."""

import asyncio
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
    to_announce = await sync_to_async(save)(**fields)
    if to_announce is None:
        return JsonResponse({"refused": fields["reference"]}, status=409)
    announced = True
    try:
        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            group.create_task(announce(to_announce))
    except* Exception:
        logger.exception("filed, and not announced: %s", to_announce)
        announced = False
    return JsonResponse({"reference": to_announce, "announced": announced}, status=201)


def read(request):
    sent = request.POST
    return {
        "reference": sent["reference"],
        "article_id": int(sent["article"]),
        "editor_id": int(sent["editor"]),
        "text": sent["text"],
    }


def save(reference, **fields):
    try:
        with transaction.atomic():
            file_correction(reference=reference, **fields)
    except (IntegrityError, NotPublished):
        return None
    return reference
