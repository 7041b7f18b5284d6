"""`on_commit` only puts down what is to be sent; the view sends it."""

import asyncio
import logging
from functools import partial

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
    outbox = []
    try:
        await sync_to_async(save)(fields, outbox)
    except (IntegrityError, NotPublished) as error:
        return JsonResponse({"refused": str(error)}, status=409)
    # One that fails does not keep the others from being sent.
    results = await asyncio.gather(*map(announce, outbox), return_exceptions=True)
    failed = [result for result in results if isinstance(result, Exception)]
    for error in failed:
        logger.error("not announced: %s", fields["reference"], exc_info=error)
    return JsonResponse({"reference": fields["reference"], "announced": not failed}, status=201)


def read(request):
    sent = request.POST
    return {
        "reference": sent["reference"],
        "article_id": int(sent["article"]),
        "editor_id": int(sent["editor"]),
        "text": sent["text"],
    }


@transaction.atomic
def save(fields, outbox):
    transaction.on_commit(partial(outbox.append, fields["reference"]))
    file_correction(**fields)
