"""The ticket first; then both it and its event are locked, by one query that joins them."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from katas.k402_last_ticket.models import Event, Ticket


class SoldOut(Exception):
    pass


def take_seat(ticket: Ticket) -> None:
    # After the insert is not too late: Django's foreign keys are deferred, so PostgreSQL locks the
    # event for the ticket's sake at the commit alone.
    locked = Ticket.objects.select_for_update().select_related("event")
    event = locked.get(pk=ticket.pk).event
    if event.seats < 1:
        raise SoldOut
    event.seats -= 1
    event.save(update_fields=["seats"])


@require_POST
def reserve(request: HttpRequest, slug: str) -> HttpResponse:
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return JsonResponse({"error": "Idempotency-Key is missing"}, status=400)
    event = get_object_or_404(Event, slug=slug)
    try:
        with transaction.atomic():
            ticket, is_new = event.tickets.get_or_create(key=key)
            if is_new:
                take_seat(ticket)
    except SoldOut:
        return JsonResponse({"error": "sold out"}, status=409)
    return JsonResponse({"ticket": ticket.pk}, status=201)


@require_POST
@transaction.atomic
def count_in(request: HttpRequest, slug: str, people: int) -> HttpResponse:
    event = get_object_or_404(Event.objects.select_for_update(), slug=slug)
    event.came += people
    event.save()
    return HttpResponse(status=204)
