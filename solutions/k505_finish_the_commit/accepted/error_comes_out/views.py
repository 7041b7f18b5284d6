"""Where the payment has failed, its error comes out, and Django logs it."""

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
    task = asyncio.ensure_future(work)
    cancelled = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    receipt = task.result()
    if cancelled:
        raise cancelled
    return receipt
