"""A task group waits for its tasks however often it is cancelled."""

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
        receipt = await to_the_end(sync_to_async(take_payment)(reader, months))
    return JsonResponse({"reader": reader, "receipt": receipt}, status=201)


async def to_the_end(work: Coroutine[Any, Any, str]) -> str:
    async with asyncio.TaskGroup() as group:
        # The group cancels this one once, at its own first cancellation, and no more.
        waiter = group.create_task(wait_for(work))
    return waiter.result()


async def wait_for(work: Coroutine[Any, Any, str]) -> str:
    task = asyncio.create_task(work)
    try:
        await asyncio.wait({task})
    except asyncio.CancelledError:
        await asyncio.wait({task})
        if error := task.exception():
            # In Python 3.13, a group that is cancelled cancels its view again when it raises an
            # error, and Django may then not get to log it.
            logger.error("a payment failed, and its reader had gone", exc_info=error)
        raise
    return task.result()
