"""One UPDATE that checks and takes; the unique constraint decides about keys."""

from asgiref.sync import sync_to_async
from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import aget_object_or_404, get_object_or_404
from django.views.decorators.http import require_POST

from katas.k402_last_ticket.models import Event, Ticket


def take_seat(slug: str, key: str) -> Ticket | None:
    event = get_object_or_404(Event, slug=slug)
    if ticket := event.tickets.filter(key=key).first():
        return ticket
    try:
        with transaction.atomic():
            if Event.objects.filter(pk=event.pk, seats__gt=0).update(seats=F("seats") - 1):
                return event.tickets.create(key=key)
    except IntegrityError:
        # The other try was faster. This one's seat is free again: the transaction took it back.
        pass
    # No seat, or a ticket by the other try, which may have taken the last seat.
    return event.tickets.filter(key=key).first()


@require_POST
async def reserve(request: HttpRequest, slug: str) -> HttpResponse:
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return JsonResponse({"error": "Idempotency-Key is missing"}, status=400)
    ticket = await sync_to_async(take_seat)(slug, key)
    if ticket is None:
        return JsonResponse({"error": "sold out"}, status=409)
    return JsonResponse({"ticket": ticket.pk}, status=201)


@require_POST
async def count_in(request: HttpRequest, slug: str, people: int) -> HttpResponse:
    event = await aget_object_or_404(Event, slug=slug)
    event.came = F("came") + people
    await event.asave(update_fields=["came"])
    return HttpResponse(status=204)
