"""Takes a seat that may not be there, looks, and gives it back."""

from django.db import IntegrityError
from django.db.models import F
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import aget_object_or_404
from django.views.decorators.http import require_POST

from katas.k402_last_ticket.models import Event


@require_POST
async def reserve(request, slug):
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return JsonResponse({"error": "Idempotency-Key is missing"}, status=400)
    event = await aget_object_or_404(Event, slug=slug)
    if ticket := await event.tickets.filter(key=key).afirst():
        return JsonResponse({"ticket": ticket.pk}, status=201)
    this = Event.objects.filter(pk=event.pk)
    await this.aupdate(seats=F("seats") - 1)
    try:
        await event.arefresh_from_db()
        ticket = await event.tickets.acreate(key=key) if event.seats >= 0 else None
    except IntegrityError:
        await this.aupdate(seats=F("seats") + 1)
        ticket = await event.tickets.aget(key=key)
    except BaseException:
        await this.aupdate(seats=F("seats") + 1)
        raise
    if ticket is None:
        await this.aupdate(seats=F("seats") + 1)
        return JsonResponse({"error": "sold out"}, status=409)
    return JsonResponse({"ticket": ticket.pk}, status=201)


@require_POST
async def count_in(request, slug, people):
    if not await Event.objects.filter(slug=slug).aupdate(came=F("came") + people):
        raise Http404
    return HttpResponse(status=204)
