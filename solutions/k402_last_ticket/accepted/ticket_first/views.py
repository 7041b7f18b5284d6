"""Sync views: the ticket first, whose key makes the other try wait; then the seat, or neither."""

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from katas.k402_last_ticket.models import Event


class SoldOut(Exception):
    pass


@require_POST
def reserve(request: HttpRequest, slug: str) -> HttpResponse:
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return JsonResponse({"error": "Idempotency-Key is missing"}, status=400)
    event = get_object_or_404(Event, slug=slug)
    free = Event.objects.filter(pk=event.pk, seats__gt=0)
    try:
        with transaction.atomic():
            ticket, is_new = event.tickets.get_or_create(key=key)
            if is_new and not free.update(seats=F("seats") - 1):
                raise SoldOut
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
