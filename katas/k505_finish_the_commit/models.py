"""What the membership desk stores. Given."""

from django.db import models


class Membership(models.Model):
    """A reader who pays, and for how long."""

    reader = models.CharField(max_length=40, unique=True)
    months = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.reader


class Payment(models.Model):
    """Money that the bank has taken from a reader's card."""

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="payments")
    receipt = models.CharField(max_length=40, unique=True)
    cents = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.receipt
