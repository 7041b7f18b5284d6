"""A sync view: Django lets go of its thread in the same way."""

from asgiref.sync import async_to_sync
from django.http import JsonResponse
from django.views.decorators.http import require_POST

from katas.k505_finish_the_commit.bank import terminal
from katas.k505_finish_the_commit.memberships import take_payment


@require_POST
def pay(request):
    reader, months = request.POST["reader"], int(request.POST["months"])
    async_to_sync(terminal.free.acquire)()
    try:
        receipt = take_payment(reader, months)
    finally:
        async_to_sync(release)()
    return JsonResponse({"reader": reader, "receipt": receipt}, status=201)


async def release():
    terminal.free.release()
