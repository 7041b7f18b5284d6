"""The island in a thread of the loop's pool, which closes its connection itself."""

import asyncio

from django.db import connection, transaction
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


def take_seat_and_hang_up(slug: str, key: str) -> Ticket | None:
    try:
        return take_seat(slug, key)
    finally:
        # Django closes those of the requests' own threads alone.
        connection.close()


@require_POST
async def reserve(request: HttpRequest, slug: str) -> HttpResponse:
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return JsonResponse({"error": "Idempotency-Key is missing"}, status=400)
    ticket = await asyncio.to_thread(take_seat_and_hang_up, slug, key)
    if ticket is None:
        return JsonResponse({"error": "sold out"}, status=409)
    return JsonResponse({"ticket": ticket.pk}, status=201)


@require_POST
async def count_in(request: HttpRequest, slug: str, people: int) -> HttpResponse:
    if not await Event.objects.filter(slug=slug).aupdate(came=F("came") + people):
        raise Http404
    return HttpResponse(status=204)
