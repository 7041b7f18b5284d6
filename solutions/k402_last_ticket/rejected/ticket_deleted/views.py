"""Adds the ticket first, and deletes it when no seat is free."""

from django.db.models import F
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import aget_object_or_404
from django.views.decorators.http import require_POST

from katas.k402_last_ticket.models import Event, Ticket


@require_POST
async def reserve(request, slug):
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return JsonResponse({"error": "Idempotency-Key is missing"}, status=400)
    event = await aget_object_or_404(Event, slug=slug)
    ticket, is_new = await event.tickets.aget_or_create(key=key)
    taken = not is_new
    try:
        free = Event.objects.filter(pk=event.pk, seats__gt=0)
        taken = taken or bool(await free.aupdate(seats=F("seats") - 1))
    finally:
        if not taken:
            await Ticket.objects.filter(pk=ticket.pk).adelete()
    if not taken:
        return JsonResponse({"error": "sold out"}, status=409)
    return JsonResponse({"ticket": ticket.pk}, status=201)


@require_POST
async def count_in(request, slug, people):
    if not await Event.objects.filter(slug=slug).aupdate(came=F("came") + people):
        raise Http404
    return HttpResponse(status=204)
