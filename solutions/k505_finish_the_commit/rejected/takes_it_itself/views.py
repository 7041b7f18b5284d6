"""Writes what take_payment writes, without its transaction."""

import asyncio
import logging

from asgiref.sync import sync_to_async
from django.db.models import F
from django.http import JsonResponse
from django.views.decorators.http import require_POST

from katas.k505_finish_the_commit.bank import terminal
from katas.k505_finish_the_commit.memberships import CENTS_A_MONTH
from katas.k505_finish_the_commit.models import Membership, Payment

logger = logging.getLogger(__name__)


@require_POST
async def pay(request):
    reader, months = request.POST["reader"], int(request.POST["months"])
    async with terminal.free:
        receipt = await to_the_end(sync_to_async(charge_and_note)(reader, months))
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


def charge_and_note(reader, months):
    cents = months * CENTS_A_MONTH
    receipt = terminal.charge(reader, cents)
    membership, _ = Membership.objects.get_or_create(reader=reader)
    Payment.objects.create(membership=membership, receipt=receipt, cents=cents)
    Membership.objects.filter(pk=membership.pk).update(months=F("months") + months)
    return receipt
