"""`with transaction.atomic()` in a coroutine."""

from django.db import transaction
from django.db.models import F
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import aget_object_or_404
from django.views.decorators.http import require_POST

from katas.k402_last_ticket.models import Event


async def take_seat(slug, key):
    event = await aget_object_or_404(Event, slug=slug)
    with transaction.atomic():
        if ticket := await event.tickets.filter(key=key).afirst():
            return ticket
        if await Event.objects.filter(pk=event.pk, seats__gt=0).aupdate(seats=F("seats") - 1):
            return await event.tickets.acreate(key=key)
    return None


@require_POST
async def reserve(request, slug):
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return JsonResponse({"error": "Idempotency-Key is missing"}, status=400)
    ticket = await take_seat(slug, key)
    if ticket is None:
        return JsonResponse({"error": "sold out"}, status=409)
    return JsonResponse({"ticket": ticket.pk}, status=201)


@require_POST
async def count_in(request, slug, people):
    if not await Event.objects.filter(slug=slug).aupdate(came=F("came") + people):
        raise Http404
    return HttpResponse(status=204)
