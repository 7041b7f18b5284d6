"""Answers before the payment has ended."""

import asyncio

from asgiref.sync import sync_to_async
from django.http import JsonResponse
from django.views.decorators.http import require_POST

from katas.k505_finish_the_commit.bank import terminal
from katas.k505_finish_the_commit.memberships import take_payment


@require_POST
async def pay(request):
    reader, months = request.POST["reader"], int(request.POST["months"])
    async with terminal.free:
        task = asyncio.create_task(sync_to_async(take_payment)(reader, months))
        background.add(task)
        task.add_done_callback(background.discard)
    return JsonResponse({"reader": reader, "receipt": "pending"}, status=201)


background = set()
