"""Calls itself in the handler of the cancellation; an error is left to Django."""

import asyncio

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from katas.k505_finish_the_commit.bank import terminal
from katas.k505_finish_the_commit.memberships import take_payment


@require_POST
async def pay(request: HttpRequest) -> HttpResponse:
    reader, months = request.POST["reader"], int(request.POST["months"])
    async with terminal.free:
        receipt = await to_the_end(asyncio.create_task(sync_to_async(take_payment)(reader, months)))
    return JsonResponse({"reader": reader, "receipt": receipt}, status=201)


async def to_the_end(task: asyncio.Task[str]) -> str:
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if not task.cancelled():
            await to_the_end(task)
        raise
