"""`atomic` around a coroutine function: committed before the body has begun."""

from asgiref.sync import async_to_sync, markcoroutinefunction, sync_to_async
from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import aget_object_or_404
from django.views.decorators.http import require_POST

from katas.k402_last_ticket.models import Event, Ticket


async def take_seat(slug, key):
    event = await aget_object_or_404(Event, slug=slug)
    if ticket := await event.tickets.filter(key=key).afirst():
        return ticket
    if await Event.objects.filter(pk=event.pk, seats__gt=0).aupdate(seats=F("seats") - 1):
        return await event.tickets.acreate(key=key)
    return await event.tickets.filter(key=key).afirst()


def in_thread(slug, key):
    body = markcoroutinefunction(transaction.atomic(take_seat))
    try:
        return async_to_sync(body)(slug, key)
    except IntegrityError:
        return Ticket.objects.filter(event__slug=slug, key=key).first()


@require_POST
async def reserve(request, slug):
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return JsonResponse({"error": "Idempotency-Key is missing"}, status=400)
    ticket = await sync_to_async(in_thread)(slug, key)
    if ticket is None:
        return JsonResponse({"error": "sold out"}, status=409)
    return JsonResponse({"ticket": ticket.pk}, status=201)


@require_POST
async def count_in(request, slug, people):
    if not await Event.objects.filter(slug=slug).aupdate(came=F("came") + people):
        raise Http404
    return HttpResponse(status=204)
