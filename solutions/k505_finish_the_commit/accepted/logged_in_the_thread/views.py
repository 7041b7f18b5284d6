"""The island logs its own error, so nobody else has to."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from katas.k505_finish_the_commit.bank import terminal
from katas.k505_finish_the_commit.memberships import take_payment

logger = logging.getLogger(__name__)


@require_POST
async def pay(request: HttpRequest) -> HttpResponse:
    reader, months = request.POST["reader"], int(request.POST["months"])
    async with terminal.free:
        receipt = await to_the_end(sync_to_async(take_and_log)(reader, months))
    return JsonResponse({"reader": reader, "receipt": receipt}, status=201)


def take_and_log(reader: str, months: int) -> str:
    try:
        return take_payment(reader, months)
    except Exception:
        logger.exception("%s could not pay", reader)
        raise


async def to_the_end(work: Coroutine[Any, Any, str]) -> str:
    task = asyncio.create_task(work)
    cancelled = []
    while True:
        try:
            receipt = await asyncio.shield(task)
        except asyncio.CancelledError as error:
            if task.cancelled():
                raise
            cancelled.append(error)
        except Exception:
            if cancelled:
                raise cancelled[0] from None
            raise
        else:
            if cancelled:
                raise cancelled[0]
            return receipt
