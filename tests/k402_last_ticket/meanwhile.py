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
    """Bob takes a seat, and 3 people are counted in, unless the event's row is locked."""

    def __init__(self, evening: Evening) -> None:
        self._slug = evening.slug
        #: Whether the row was not locked; a transaction that is rolled back undoes it for bob, too.
        self.tried = False

    def __call__(self, connection: BaseDatabaseWrapper, seen: Sequence[str]) -> None:
        """Act on *connection*, which is this thread's own."""
        if connection.in_atomic_block and any(_locks_event(sql) for sql in seen):
            return
        self.tried = True
        with transaction.atomic(using=connection.alias):
            event = Event.objects.using(connection.alias).get(slug=self._slug)
            Event.objects.using(connection.alias).filter(pk=event.pk).update(
                seats=F("seats") - 1, came=F("came") + 3
            )
            Ticket.objects.using(connection.alias).create(event=event, key="bob")


def _locks_event(sql: str) -> bool:
    writes = statements.verb(sql) in WRITE_VERBS
    return Event._meta.db_table in sql and (writes or " FOR " in sql)
