"""The payment frees the terminal, and sets an event when it is over."""

import asyncio
import functools
import logging

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from katas.k505_finish_the_commit.bank import terminal
from katas.k505_finish_the_commit.memberships import take_payment

logger = logging.getLogger(__name__)


@require_POST
async def pay(request: HttpRequest) -> HttpResponse:
    reader, months = request.POST["reader"], int(request.POST["months"])
    await terminal.free.acquire()
    ended, cancelled = asyncio.Event(), False
    task = asyncio.create_task(sync_to_async(take_payment)(reader, months))
    task.add_done_callback(functools.partial(over, ended=ended))
    while not ended.is_set():
        try:
            await ended.wait()
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        raise asyncio.CancelledError
    return JsonResponse({"reader": reader, "receipt": task.result()}, status=201)


def over(task: asyncio.Task[str], ended: asyncio.Event) -> None:
    terminal.free.release()
    ended.set()
    if not task.cancelled() and (error := task.exception()):
        logger.error("a payment failed", exc_info=error)
