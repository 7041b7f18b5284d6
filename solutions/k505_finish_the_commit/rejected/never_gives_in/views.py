"""Awaits the shield until there is a receipt, and takes every cancellation for its own."""

import asyncio

from asgiref.sync import sync_to_async
from django.http import JsonResponse
from django.views.decorators.http import require_POST

from katas.k505_finish_the_commit.bank import terminal
from katas.k505_finish_the_commit.memberships import take_payment


@require_POST
async def pay(request):
    reader, months = request.POST["reader"], int(request.POST["months"])
    async with terminal.free:
        receipt = await to_the_end(sync_to_async(take_payment)(reader, months))
    return JsonResponse({"reader": reader, "receipt": receipt}, status=201)


async def to_the_end(work):
    task = asyncio.create_task(work)
    cancelled = None
    while True:
        try:
            receipt = await asyncio.shield(task)
            break
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled:
        raise cancelled
    return receipt
