"""Asks whether the header was sent, and not whether a key is in it."""

from asgiref.sync import sync_to_async
from django.db import transaction
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from katas.k402_last_ticket.models import Event, Ticket


@transaction.atomic
def take_seat(slug: str, key: str) -> Ticket | None:
    event = get_object_or_404(Event.objects.select_for_update(), slug=slug)
    if ticket := event.tickets.filter(key=key).first():
        return ticket
    if event.seats < 1:
        return None
    event.seats -= 1
    event.save(update_fields=["seats"])
    return event.tickets.create(key=key)


@require_POST
async def reserve(request: HttpRequest, slug: str) -> HttpResponse:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return JsonResponse({"error": "Idempotency-Key is missing"}, status=400)
    ticket = await sync_to_async(take_seat)(slug, key)
    if ticket is None:
        return JsonResponse({"error": "sold out"}, status=409)
    return JsonResponse({"ticket": ticket.pk}, status=201)


@require_POST
async def count_in(request: HttpRequest, slug: str, people: int) -> HttpResponse:
    if not await Event.objects.filter(slug=slug).aupdate(came=F("came") + people):
        raise Http404
    return HttpResponse(status=204)
