"""Takes a seat, looks what is left, and takes all of it back if that is less than none."""

from asgiref.sync import sync_to_async
from django.db import transaction
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View

from katas.k402_last_ticket.models import Event, Ticket


@transaction.atomic
def take_seat(slug: str, key: str) -> Ticket | None:
    # The UPDATE locks the row: until the end of this transaction, nobody else sees the number.
    if not Event.objects.filter(slug=slug).update(seats=F("seats") - 1):
        raise Http404
    event = Event.objects.get(slug=slug)
    ticket = event.tickets.filter(key=key).first()
    if ticket or event.seats < 0:
        transaction.set_rollback(True)
        return ticket
    return event.tickets.create(key=key)


class Reserve(View):
    async def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return JsonResponse({"error": "Idempotency-Key is missing"}, status=400)
        ticket = await sync_to_async(take_seat)(slug, key)
        if ticket is None:
            return JsonResponse({"error": "sold out"}, status=409)
        return JsonResponse({"ticket": ticket.pk}, status=201)


class CountIn(View):
    @method_decorator(transaction.atomic)
    def post(self, request: HttpRequest, slug: str, people: int) -> HttpResponse:
        if not Event.objects.filter(slug=slug).update(came=F("came") + people):
            raise Http404
        return HttpResponse(status=204)


reserve = Reserve.as_view()
count_in = CountIn.as_view()
