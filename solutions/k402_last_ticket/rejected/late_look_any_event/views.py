"""Looks for the ticket of the other try, or of another event, when it has no seat."""

from asgiref.sync import sync_to_async
from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpResponse, JsonResponse
from django.shortcuts import aget_object_or_404, get_object_or_404
from django.views.decorators.http import require_POST

from katas.k402_last_ticket.models import Event, Ticket


def take_seat(slug, key):
    event = get_object_or_404(Event, slug=slug)
    try:
        with transaction.atomic():
            if Event.objects.filter(pk=event.pk, seats__gt=0).update(seats=F("seats") - 1):
                return event.tickets.create(key=key)
    except IntegrityError:
        pass
    return Ticket.objects.filter(key=key).first()


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
    event = await aget_object_or_404(Event, slug=slug)
    event.came = F("came") + people
    await event.asave(update_fields=["came"])
    return HttpResponse(status=204)
