"""Keeps a reference to the task, and leaves it to itself."""

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
    background.add(task)
    task.add_done_callback(over)
    await asyncio.wait({task})
    return task.result()


background = set()


def over(task):
    background.discard(task)
    if error := task.exception():
        logger.error("a payment failed", exc_info=error)
