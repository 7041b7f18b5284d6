"""Evenings to reserve seats for, and what the database knows about them."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from katas.k402_last_ticket.models import Event, Ticket


class Figures(NamedTuple):
    """What the database knows about an evening."""

    seats: int
    tickets: int
    came: int = 0

    def __str__(self) -> str:
        return f"seats={self.seats}, tickets={self.tickets}, came={self.came}"


@dataclass(frozen=True)
class Evening:
    """An evening in the database, and its URLs."""

    slug: str

    @property
    def tickets(self) -> str:
        """Where seats are reserved."""
        return f"/events/{self.slug}/tickets/"

    def door(self, people: int) -> str:
        """Return where *people* are counted in."""
        return f"/events/{self.slug}/door/{people}/"

    async def figures(self) -> Figures:
        """Ask the database."""
        event = await Event.objects.aget(slug=self.slug)
        return Figures(event.seats, await event.tickets.acount(), event.came)

    def key(self, name: str) -> str:
        """Return the key that the reader of this name has made up for this evening."""
        return f"{name}-{self.slug}"

    async def ticket(self, key: str) -> int | None:
        """Return the number of the ticket that *key* has in the database."""
        tickets = Ticket.objects.filter(event__slug=self.slug, key=key)
        return await tickets.values_list("pk", flat=True).afirst()


class Announce(Protocol):
    """Puts another evening into the database: ``await announce(seats=5)``."""

    async def __call__(self, *, seats: int) -> Evening:
        """Return the evening."""
