"""Blocks the event loop until the payment has ended."""

import asyncio
import concurrent.futures
import logging

from django.db import connections
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
    # A thread for each payment, so that none has to do with the one before.
    future = concurrent.futures.ThreadPoolExecutor(1).submit(take_and_close, reader, months)
    try:
        return await asyncio.wrap_future(future)
    except asyncio.CancelledError:
        concurrent.futures.wait([future])
        if error := future.exception():
            logger.error("a payment failed, and its reader had gone", exc_info=error)
        raise


def take_and_close(reader, months):
    try:
        return take_payment(reader, months)
    finally:
        connections.close_all()
