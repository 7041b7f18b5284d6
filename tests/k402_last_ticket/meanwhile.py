"""What another reader commits between two statements of a request, if no lock keeps it out.

SQLite lets nobody write while somebody else does, whichever row it is. PostgreSQL does: who has
added a ticket has not locked the event. So the test itself plays the other reader, on the first
one's connection, where the changes are seen as committed ones are, at the level READ COMMITTED.
"""

from collections.abc import Sequence

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F

from dojo.instruments import statements
from dojo.instruments.gates import WRITE_VERBS
from katas.k402_last_ticket.models import Event, Ticket
from tests.k402_last_ticket.evenings import Evening


class Meanwhile:
    """Bob takes a seat, and 3 people are counted in, if there is a seat that nobody has locked."""

    def __init__(self, evening: Evening) -> None:
        self._evening = evening
        #: Whether he did; a transaction that is rolled back takes it back for him, too.
        self.happened = False

    def __call__(self, connection: BaseDatabaseWrapper, seen: Sequence[str]) -> None:
        """Act on *connection*, which is this thread's own."""
        if connection.in_atomic_block and any(_locks_event(sql) for sql in seen):
            return
        with transaction.atomic():
            free = Event.objects.filter(slug=self._evening.slug, seats__gt=0)
            if free.update(seats=F("seats") - 1, came=F("came") + 3):
                Ticket.objects.create(
                    event=Event.objects.get(slug=self._evening.slug), key=self._evening.key("bob")
                )
                self.happened = True


def _locks_event(sql: str) -> bool:
    writes = statements.verb(sql) in WRITE_VERBS
    return Event._meta.db_table in sql and (writes or " FOR " in sql)
