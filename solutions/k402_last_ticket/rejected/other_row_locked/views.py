"""Locks the ticket with this key, by a query that joins the event: where it finds none, nothing."""

from asgiref.sync import sync_to_async
from django.db import transaction
from django.db.models import F
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from katas.k402_last_ticket.models import Event, Ticket


@transaction.atomic
def take_seat(slug, key):
    mine = Ticket.objects.select_for_update().filter(event__slug=slug, key=key)
    if ticket := mine.first():
        return ticket
    event = get_object_or_404(Event, slug=slug)
    if event.seats < 1:
        return None
    event.seats -= 1
    event.save(update_fields=["seats"])
    return event.tickets.create(key=key)


@require_POST
async def reserve(request, slug):
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return JsonResponse({"error": "Idempotency-Key is missing"}, status=400)
    ticket = await sync_to_async(take_seat)(slug, key)
    if ticket is None:
        return JsonResponse({"error": "sold out"}, status=409)
    return JsonResponse({"ticket": ticket.pk}, status=201)


@require_POST
async def count_in(request, slug, people):
    if not await Event.objects.filter(slug=slug).aupdate(came=F("came") + people):
        raise Http404
    return HttpResponse(status=204)
