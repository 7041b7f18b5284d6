"""`on_commit` with a callback that catches; the answer is built in the island."""

import logging
from functools import partial

from asgiref.sync import async_to_sync, sync_to_async
from django.db import IntegrityError, transaction
from django.http import JsonResponse
from django.views.decorators.http import require_POST

from katas.k403_after_commit.archive import NotPublished, file_correction
from katas.k403_after_commit.wire import announce

logger = logging.getLogger(__name__)


@require_POST
@sync_to_async
def corrections(request):
    fields = read(request)
    answer = {"reference": fields["reference"], "announced": False}
    try:
        with transaction.atomic(durable=True):
            file_correction(**fields)
            transaction.on_commit(partial(tell, answer))
    except (IntegrityError, NotPublished):
        return JsonResponse({"refused": fields["reference"]}, status=409)
    return JsonResponse(answer, status=201)


def read(request):
    sent = request.POST
    return {
        "reference": sent["reference"],
        "article_id": int(sent["article"]),
        "editor_id": int(sent["editor"]),
        "text": sent["text"],
    }


def tell(answer):
    try:
        # asgiref warns of a callable that is not marked as async, and runs it.
        async_to_sync(lambda: announce(answer["reference"]))()
    except Exception as error:
        logger.error("not announced", exc_info=error)
    else:
        answer["announced"] = True
