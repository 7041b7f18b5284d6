"""Memberships and their payments. Given: sync code, a card and two writes."""

from django.db import transaction
from django.db.models import F

from katas.k505_finish_the_commit.bank import terminal
from katas.k505_finish_the_commit.models import Membership, Payment

CENTS_A_MONTH = 900


def take_payment(reader: str, months: int) -> str:
    """Charge a reader for some months, and note it in one transaction; return the receipt.

    Whoever calls it twice charges twice. Raises whatever goes wrong at the bank or in the database.
    """
    cents = months * CENTS_A_MONTH
    receipt = terminal.charge(reader, cents)
    with transaction.atomic():
        membership, _ = Membership.objects.get_or_create(reader=reader)
        Payment.objects.create(membership=membership, receipt=receipt, cents=cents)
        Membership.objects.filter(pk=membership.pk).update(months=F("months") + months)
    return receipt
