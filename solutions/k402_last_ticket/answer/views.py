"""Tickets for an evening."""

from asgiref.sync import sync_to_async
from django.db import transaction
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from katas.k402_last_ticket.models import Event, Ticket


@transaction.atomic
def take_seat(slug: str, key: str) -> Ticket | None:
    """Return the ticket that *key* has or gets now; None if no seat is free.

    Whoever has the event's row locked is alone with it until the commit: what is read here stays
    true while it is acted upon, for a reader's second try as well.
    """
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
    """Reserve one seat: 201 and the ticket's number, or 409 if no seat is free."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return JsonResponse({"error": "Idempotency-Key is missing"}, status=400)
    ticket = await sync_to_async(take_seat)(slug, key)
    if ticket is None:
        return JsonResponse({"error": "sold out"}, status=409)
    return JsonResponse({"ticket": ticket.pk}, status=201)


@require_POST
async def count_in(request: HttpRequest, slug: str, people: int) -> HttpResponse:
    """Add *people*, who have just come in, to those counted at the door."""
    # One statement: the database reads and writes the number under one lock.
    if not await Event.objects.filter(slug=slug).aupdate(came=F("came") + people):
        raise Http404
    return HttpResponse(status=204)
