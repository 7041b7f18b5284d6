"""A thread of the loop's pool, which closes its connection; a class-based view."""

import asyncio
import logging

from django.db import connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import View

from katas.k505_finish_the_commit.bank import terminal
from katas.k505_finish_the_commit.memberships import take_payment

logger = logging.getLogger(__name__)


def take_and_close(reader: str, months: int) -> str:
    try:
        return take_payment(reader, months)
    finally:
        connections.close_all()


class PaymentView(View):
    async def post(self, request: HttpRequest) -> HttpResponse:
        reader, months = request.POST["reader"], int(request.POST["months"])
        async with terminal.free:
            receipt = await self.to_the_end(reader, months)
        return JsonResponse({"reader": reader, "receipt": receipt}, status=201)

    async def to_the_end(self, reader: str, months: int) -> str:
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(None, take_and_close, reader, months)
        cancellations = 0
        while not future.done():
            try:
                await asyncio.wait([future])
            except asyncio.CancelledError:
                cancellations += 1
        if not cancellations:
            return future.result()
        if error := future.exception():
            logger.error("%s has gone, and the payment failed", reader, exc_info=error)
        raise asyncio.CancelledError


pay = PaymentView.as_view()
