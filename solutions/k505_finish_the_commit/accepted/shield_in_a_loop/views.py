"""Awaits a shielded task until it is done."""

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
    task = asyncio.create_task(work)
    is_cancelled = False
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            is_cancelled = True
        except Exception:
            break
    if not is_cancelled:
        return task.result()
    try:
        task.result()
    except Exception:
        logger.exception("a payment failed, and its reader had gone")
    raise asyncio.CancelledError
