"""Makes three attempts if the database refuses a write."""

from asgiref.sync import sync_to_async
from django.db import OperationalError, transaction
from django.db.models import F
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from katas.k402_last_ticket.models import Event


@transaction.atomic
def take_seat(slug, key):
    event = get_object_or_404(Event.objects.select_for_update(), slug=slug)
    if ticket := event.tickets.filter(key=key).first():
        return ticket
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
    for attempt in range(3):
        try:
            ticket = await sync_to_async(take_seat)(slug, key)
            break
        except OperationalError:
            if attempt == 2:
                raise
    if ticket is None:
        return JsonResponse({"error": "sold out"}, status=409)
    return JsonResponse({"ticket": ticket.pk}, status=201)


@require_POST
async def count_in(request, slug, people):
    if not await Event.objects.filter(slug=slug).aupdate(came=F("came") + people):
        raise Http404
    return HttpResponse(status=204)
