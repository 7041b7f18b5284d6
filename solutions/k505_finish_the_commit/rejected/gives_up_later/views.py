"""Waits for five minutes, and then goes."""

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
    async with terminal.free:
        receipt = await to_the_end(sync_to_async(take_payment)(reader, months))
    return JsonResponse({"reader": reader, "receipt": receipt}, status=201)


async def to_the_end(work):
    task = asyncio.create_task(work)
    loop = asyncio.get_running_loop()
    deadline, cancelled = loop.time() + 300, None
    while not task.done() and loop.time() < deadline:
        try:
            await asyncio.wait({task}, timeout=deadline - loop.time())
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is None:
        return await task
    if not task.done():
        logger.error("a payment takes longer than five minutes")
    elif error := task.exception():
        logger.error("a payment failed, and its reader had gone", exc_info=error)
    raise cancelled
