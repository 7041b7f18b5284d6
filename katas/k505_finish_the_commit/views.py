"""The membership desk. Edit this file; the brief is in README.md."""

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from katas.k505_finish_the_commit.bank import terminal
from katas.k505_finish_the_commit.memberships import take_payment


@require_POST
async def pay(request: HttpRequest) -> HttpResponse:
    """Take a reader's payment, and answer with the receipt.

    TODO (tasks 1 to 4): a reader who goes away ends this view, frees the terminal, and leaves the
    payment to itself.
    """
    reader, months = request.POST["reader"], int(request.POST["months"])
    async with terminal.free:
        receipt = await sync_to_async(take_payment)(reader, months)
    return JsonResponse({"reader": reader, "receipt": receipt}, status=201)
