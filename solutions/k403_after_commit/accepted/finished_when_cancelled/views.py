"""A class-based view that finishes the announcement when its own request is cancelled."""

import asyncio
import logging

from asgiref.sync import sync_to_async
from django.db import IntegrityError, transaction
from django.http import JsonResponse
from django.views import View

from katas.k403_after_commit.archive import NotPublished, file_correction
from katas.k403_after_commit.wire import announce

logger = logging.getLogger(__name__)


class Corrections(View):
    async def post(self, request):
        fields = read(request)
        try:
            await self.save(fields)
        except (IntegrityError, NotPublished) as error:
            return JsonResponse({"refused": str(error)}, status=409)
        task = asyncio.create_task(try_to_announce(fields["reference"]))
        try:
            announced = await asyncio.shield(task)
        except asyncio.CancelledError:
            await task
            raise
        return JsonResponse({"reference": fields["reference"], "announced": announced}, status=201)

    @sync_to_async
    def save(self, fields):
        with transaction.atomic():
            file_correction(**fields)


corrections = Corrections.as_view()


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
