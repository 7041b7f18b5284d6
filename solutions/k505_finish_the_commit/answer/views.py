"""The membership desk."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from katas.k505_finish_the_commit.bank import terminal
from katas.k505_finish_the_commit.memberships import take_payment

logger = logging.getLogger(__name__)

Result = TypeVar("Result")


@require_POST
async def pay(request: HttpRequest) -> HttpResponse:
    """Take a reader's payment, and answer with the receipt."""
    reader, months = request.POST["reader"], int(request.POST["months"])
    async with terminal.free:
        receipt = await to_the_end(sync_to_async(take_payment)(reader, months))
    return JsonResponse({"reader": reader, "receipt": receipt}, status=201)


async def to_the_end(work: Coroutine[Any, Any, Result]) -> Result:
    """Await *work*; a cancellation is put off until it has ended.

    An error of the work is logged if there is a cancellation to be raised in its place.
    """
    task = asyncio.create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            # Unlike `await task`, this hands no cancellation on to the task.
            await asyncio.wait({task})
        except asyncio.CancelledError as cancellation:
            cancelled = cancellation
    if cancelled is None:
        return task.result()
    if error := task.exception():
        logger.error("failed after its request was cancelled", exc_info=error)
    raise cancelled
