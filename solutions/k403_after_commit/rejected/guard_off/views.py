"""Switches Django's guard off, and does without an island."""

import logging
import os

from django.db import IntegrityError, transaction
from django.http import JsonResponse
from django.views.decorators.http import require_POST

from katas.k403_after_commit.archive import NotPublished, file_correction
from katas.k403_after_commit.wire import announce

logger = logging.getLogger(__name__)


@require_POST
async def corrections(request):
    fields = read(request)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    try:
        with transaction.atomic():
            file_correction(**fields)
    except (IntegrityError, NotPublished) as error:
        return JsonResponse({"refused": str(error)}, status=409)
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
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


async def try_to_announce(reference):
    try:
        await announce(reference)
    except Exception:
        logger.exception("%s could not be announced", reference)
        return False
    return True
