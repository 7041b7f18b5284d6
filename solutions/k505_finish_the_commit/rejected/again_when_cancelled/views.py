"""Makes the payment again when it is cancelled."""

import asyncio
import contextlib
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
        receipt = await to_the_end(reader, months)
    return JsonResponse({"reader": reader, "receipt": receipt}, status=201)


async def to_the_end(reader, months):
    try:
        return await sync_to_async(take_payment)(reader, months)
    except asyncio.CancelledError:
        task = asyncio.create_task(sync_to_async(take_payment)(reader, months))
        while not task.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait({task})
        if error := task.exception():
            logger.error("a payment failed, and its reader had gone", exc_info=error)
        raise
