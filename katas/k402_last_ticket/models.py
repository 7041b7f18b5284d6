"""An evening with readers, and the tickets for it. Given."""

from typing import ClassVar

from django.db import models


class Event(models.Model):
    """One evening. Nothing in the database keeps `seats` from going below zero."""

    slug = models.SlugField(unique=True)
    seats = models.IntegerField()  # still free
    came = models.IntegerField(default=0)  # people counted at the door

    def __str__(self) -> str:
        return self.slug


class Ticket(models.Model):
    """One reserved seat. The database refuses a second ticket of one event with the same key."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="tickets")
    key = models.CharField(max_length=64)

    class Meta:
        """What the database itself sees to."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "key"], name="one_ticket_per_key")
        ]

    def __str__(self) -> str:
        return self.key
