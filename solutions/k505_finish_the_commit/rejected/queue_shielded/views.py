"""Shields the place in the queue, so that it outlives a reader who leaves."""

import asyncio
import logging

from asgiref.sync import sync_to_async
from django.http import JsonResponse
from django.views.decorators.http import require_POST

from katas.k505_finish_the_commit.bank import terminal
from katas.k505_finish_the_commit.memberships import take_payment

logger = logging.getLogger(__name__)


@require_POST
async def pay(request):
    reader, months = request.POST["reader"], int(request.POST["months"])
    await asyncio.shield(terminal.free.acquire())
    try:
        receipt = await to_the_end(sync_to_async(take_payment)(reader, months))
    finally:
        terminal.free.release()
    return JsonResponse({"reader": reader, "receipt": receipt}, status=201)


async def to_the_end(work):
    task = asyncio.create_task(work)
    cancelled = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is None:
        return task.result()
    if error := task.exception():
        logger.error("a payment failed, and its reader had gone", exc_info=error)
    raise cancelled
