"""The async ORM in a real transaction: `atomic` around `async_to_sync`, in an island."""

from asgiref.sync import async_to_sync, sync_to_async
from django.db import transaction
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import aget_object_or_404
from django.views.decorators.http import require_POST

from katas.k402_last_ticket.models import Event, Ticket


async def take_seat(slug: str, key: str) -> Ticket | None:
    event = await aget_object_or_404(Event.objects.select_for_update(), slug=slug)
    ticket = await event.tickets.filter(key=key).afirst()
    if ticket is None and event.seats > 0:
        event.seats -= 1
        await event.asave()
        ticket = await event.tickets.acreate(key=key)
    return ticket


# The other way round, `async_to_sync(atomic(take_seat))`, commits before the body has begun.
take_seat_or_nothing = sync_to_async(transaction.atomic(async_to_sync(take_seat)))


@require_POST
async def reserve(request: HttpRequest, slug: str) -> HttpResponse:
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return JsonResponse({"error": "Idempotency-Key is missing"}, status=400)
    ticket = await take_seat_or_nothing(slug, key)
    if ticket is None:
        return JsonResponse({"error": "sold out"}, status=409)
    return JsonResponse({"ticket": ticket.pk}, status=201)


@require_POST
async def count_in(request: HttpRequest, slug: str, people: int) -> HttpResponse:
    if not await Event.objects.filter(slug=slug).aupdate(came=F("came") + people):
        raise Http404
    return HttpResponse(status=204)
