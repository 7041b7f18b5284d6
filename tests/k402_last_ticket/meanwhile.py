"""What another reader commits between two statements of a request, if no lock keeps it out.

SQLite lets nobody write while somebody else does, whichever row it is. PostgreSQL does: who has
added a ticket has not locked the event. So the test itself plays the other reader, on the first
one's connection, where the changes are seen as committed ones are, at the level READ COMMITTED.
"""

import re
from collections.abc import Awaitable, Sequence
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F

from dojo.instruments import statements
from katas.k402_last_ticket.models import Event, Ticket
from tests.k402_last_ticket.answers import Answer
from tests.k402_last_ticket.evenings import Evening
from tests.k402_last_ticket.moments import MARK, Moment

EVENT = Event._meta.db_table


class Meanwhile:
    """Bob takes a seat, and 3 people are counted in, if there is a seat that nobody has locked.

    If the moment comes again, so does he, with another key, until he has done so *most* times.
    """

    def __init__(self, evening: Evening, most: int = 1) -> None:
        self._evening = evening
        self._most = most
        self._moment: Moment | None = None
        self._event_is_locked = False
        self._times = 0

    @property
    def happened(self) -> bool:
        """Whether he did; a transaction that is rolled back takes it back for him, too."""
        return self._times > 0

    def __str__(self) -> str:
        if self.happened:
            times = f", {self._times} times in all" if self._times > 1 else ""
            return f"{self._moment}, bob took one, and 3 people were counted{times}"
        if self._moment and self._moment.reached:
            return f"{self._moment}, bob came and found a lock, or no seat"
        return f"bob was to come {self._moment}"

    async def interrupt(self, request: Awaitable[Answer], moment: Moment) -> Answer:
        """Run a request, and act at this moment."""
        self._moment = moment
        with statements.wrapped(self._note_locks):
            return await moment.interrupt(request, self._act)

    def _act(self, connection: BaseDatabaseWrapper, seen: Sequence[str]) -> None:
        if self._event_is_locked or self._times == self._most:
            return
        key = self._evening.key(f"bob{self._times or ''}")
        with transaction.atomic():
            free = Event.objects.filter(slug=self._evening.slug, seats__gt=0)
            if free.update(seats=F("seats") - 1, came=F("came") + 3):
                Ticket.objects.create(event=Event.objects.get(slug=self._evening.slug), key=key)
                self._times += 1
        # He has committed: what he has locked himself is free again.
        self._let_go()

    def _note_locks(
        self,
        execute: statements.Execute,
        sql: str,
        params: Any,
        many: bool,
        context: dict[str, Any],
    ) -> Any:
        """Note whether the statement has locked the event, which it has only if it has found it."""
        result = execute(sql, params, many, context)
        connection = context["connection"]
        found = False
        if MARK in sql or connection.get_autocommit():
            return result
        if _locks_what_it_finds(sql):
            with connection.cursor() as cursor:
                # The same once more: SQLite does not tell how many rows the first one will return.
                cursor.execute(f"{sql} /* {MARK} */", params)
                found = bool(cursor.fetchall())
        elif _changes_an_event(sql):
            found = context["cursor"].rowcount > 0
        if found:
            self._event_is_locked = True
            # Django takes no hook in a transaction that is begun by hand, except in a block.
            with transaction.atomic(savepoint=False):
                transaction.on_commit(self._let_go)
        return result

    def _let_go(self) -> None:
        self._event_is_locked = False


def _locks_what_it_finds(sql: str) -> bool:
    # Without OF, the rows of all tables in FROM are locked.
    query, _, lock = sql.rpartition(" FOR ")
    tables = lock if " OF " in lock else query.partition(" WHERE ")[0]
    return statements.verb(query) == "SELECT" and f'"{EVENT}"' in tables


def _changes_an_event(sql: str) -> bool:
    return re.match(rf'\s*(UPDATE|DELETE FROM|REPLACE INTO)\s+"?{EVENT}"?\s', sql, re.I) is not None
