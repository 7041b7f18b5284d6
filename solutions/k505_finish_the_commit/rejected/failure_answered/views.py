"""Logs an error that comes when the reader has gone, and answers 502."""

import asyncio
import logging

from asgiref.sync import sync_to_async
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from katas.k505_finish_the_commit.bank import terminal
from katas.k505_finish_the_commit.memberships import take_payment

logger = logging.getLogger(__name__)


@require_POST
async def pay(request):
    reader, months = request.POST["reader"], int(request.POST["months"])
    async with terminal.free:
        gone = []
        try:
            receipt = await to_the_end(sync_to_async(take_payment)(reader, months), gone)
        except Exception:
            if not gone:
                raise
            logger.exception("a payment failed, and its reader had gone")
            return HttpResponse("the bank can't be reached", status=502)
    return JsonResponse({"reader": reader, "receipt": receipt}, status=201)


async def to_the_end(work, gone):
    task = asyncio.create_task(work)
    cancelled = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
            gone.append(error)
    if cancelled is not None and task.exception() is None:
        raise cancelled
    return task.result()
