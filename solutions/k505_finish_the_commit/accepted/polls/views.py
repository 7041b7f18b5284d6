"""Looks every tenth of a second whether the payment has ended."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from katas.k505_finish_the_commit.bank import terminal
from katas.k505_finish_the_commit.memberships import take_payment


@require_POST
async def pay(request: HttpRequest) -> HttpResponse:
    reader, months = request.POST["reader"], int(request.POST["months"])
    async with terminal.free:
        receipt = await to_the_end(sync_to_async(take_payment)(reader, months))
    return JsonResponse({"reader": reader, "receipt": receipt}, status=201)


async def to_the_end(work: Coroutine[Any, Any, str]) -> str:
    task = asyncio.create_task(work)
    cancelled = False
    while not task.done():
        try:
            await asyncio.sleep(0.1)
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        task.result()
        raise asyncio.CancelledError
    return task.result()
