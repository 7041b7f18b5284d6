"""Two ways to make what is rare certain: a race at its worst moment, and a write that fails.

Events open the gate, never a clock: it holds each party between its first read of a table and its
next statement, until every party is held, has ended, or waits for a lock that another one has. A
solution that reads, computes and writes back without a lock has then lost an update, in every run.
"""

from __future__ import annotations

import _thread
import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import pytest
from asgiref.sync import SyncToAsync
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from dojo.instruments import hops, statements
from dojo.instruments.simulation import REAL
from dojo.instruments.sqlite_rowlock import lock

Result = TypeVar("Result")
Table = type[Model] | str

WRITE_VERBS = {"INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE"}

# How often to ask PostgreSQL who waits: real seconds, which decide nothing but the speed.
POLL_S = 0.005

# Goes with the party through its tasks and threads; asgiref and asyncio.to_thread carry it along.
_party: ContextVar[int | None] = ContextVar("party", default=None)


def _name(table: Table) -> str:
    return table if isinstance(table, str) else table._meta.db_table


class ReadGate:
    """Holds whoever has read *table* and goes on, until nobody else can get there."""

    def __init__(self, table: Table) -> None:
        self.table = _name(table)
        #: How many parties stood at the gate when it opened, in the latest race.
        self.held_together = 0

    async def race(self, *calls: Awaitable[Result]) -> list[Result]:
        """Run all *calls* at once through the gate; return their results in order.

        Each call needs a thread and a connection of its own, as a request has in the ASGI
        application: parties that share Django's one thread for sync code are never held.

        Raises:
            Exception: That of the first call that failed, once all have ended.
        """
        race = _Race(self.table, len(calls))
        with statements.wrapped(race.around), _told_of_locks(race.waits):
            tasks = [asyncio.create_task(race.run(n, call)) for n, call in enumerate(calls)]
            try:
                await asyncio.wait(tasks)
            finally:
                race.close()
                for task in tasks:
                    task.cancel()
        self.held_together = race.held_together
        return [task.result() for task in tasks]


class _Race:
    """One race through a gate: who is on the way, who is held, and who waits for a lock."""

    def __init__(self, table: str, parties: int) -> None:
        self.table = table
        self.held_together = 0
        self._changed = threading.Condition()
        self._going = set(range(parties))
        self._held: set[int] = set()
        self._blocked: set[int] = set()
        self._read: set[int] = set()
        self._passed: set[int] = set()
        self._is_open = False
        # For PostgreSQL alone:
        self._backends: dict[int, int] = {}
        self._monitors: list[_thread.LockType] = []

    async def run(self, party: int, call: Awaitable[Result]) -> Result:
        """Run one party's call."""
        _party.set(party)
        try:
            return await call
        finally:
            with self._changing():
                self._going.discard(party)

    def around(
        self,
        execute: statements.Execute,
        sql: str,
        params: Any,
        many: bool,
        context: dict[str, Any],
    ) -> Any:
        """Run one statement of a party, and hold the party before the one after its first read."""
        party = _party.get()
        if party is None:
            return execute(sql, params, many, context)
        connection = context["connection"]
        with self._changed:
            self._backends[party] = _backend_pid(connection)
        # Not right after the read: until its rows are fetched, SQLite lets nobody commit.
        if party in self._read - self._passed and not _shares_its_thread():
            self._passed.add(party)
            self._hold(party, connection)
        result = execute(sql, params, many, context)
        if statements.verb(sql) == "SELECT" and self.table in sql:
            self._read.add(party)
        return result

    def waits(self, waiting: bool) -> None:
        """Note that this thread's party starts, or stops, to wait for a lock."""
        party = _party.get()
        if party is not None:
            with self._changing():
                (self._blocked.add if waiting else self._blocked.discard)(party)

    def close(self) -> None:
        """End the race: let everybody through, and leave no monitor behind."""
        with self._changing():
            self._is_open = True
        for ended in self._monitors:
            ended.acquire()

    def _hold(self, party: int, connection: BaseDatabaseWrapper) -> None:
        with self._changing():
            self._held.add(party)
            if connection.vendor == "postgresql" and not self._monitors:
                ended = _thread.allocate_lock()
                ended.acquire()
                self._monitors.append(ended)
                # Past `threading`: a thread that polls in real time would hold a virtual clock.
                _thread.start_new_thread(self._monitor, (connection, ended))
        with self._changed:
            self._changed.wait_for(lambda: self._is_open)
        with self._changing():
            self._held.discard(party)

    def _monitor(self, connection: BaseDatabaseWrapper, ended: _thread.LockType) -> None:
        # Only PostgreSQL knows who waits for whom, and it does not tell unless it is asked.
        monitor = connection.copy()
        try:
            monitor.connect()
            while not self._is_open:
                waiting = _waiting_backends(monitor.connection)
                with self._changing():
                    self._blocked = {n for n, pid in self._backends.items() if pid in waiting}
                REAL.sleep(POLL_S)
        finally:
            monitor.close()
            ended.release()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self._changed:
            yield
            if not self._is_open and self._held and self._going <= self._held | self._blocked:
                self.held_together = len(self._held)
                self._is_open = True
            if self._is_open:
                self._changed.notify_all()


def _shares_its_thread() -> bool:
    # Without a ThreadSensitiveContext, all thread-sensitive work of the process is on one thread.
    alone = SyncToAsync.thread_sensitive_context.get(None) is not None
    main = threading.current_thread() is threading.main_thread()
    return main or (hops.is_thread_sensitive() and not alone)


def _backend_pid(connection: BaseDatabaseWrapper) -> int:
    info = getattr(connection.connection, "info", None)
    return getattr(info, "backend_pid", 0)


def _waiting_backends(driver_connection: Any) -> set[int]:
    # Past Django, so that neither this gate nor a ledger takes it for the solution's query.
    with driver_connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_locks WHERE NOT granted")
        return {pid for (pid,) in cursor.fetchall()}


@contextmanager
def _told_of_locks(listener: Callable[[bool], None]) -> Iterator[None]:
    lock.listeners.append(listener)
    try:
        yield
    finally:
        lock.listeners.remove(listener)


class WriteFailed(OperationalError):  # noqa: N818 - what happened
    """The write that a test had chosen to fail, as if the database were locked, full or gone."""


class FailNthWrite:
    """Lets writes pass, on any connection, until the *n*-th one, which raises *error*."""

    def __init__(self, n: int, table: Table = "", error: type[Exception] = WriteFailed) -> None:
        self.n = n
        self.table = _name(table)
        self.error = error
        #: The statements that were counted, the failed one included.
        self.seen: list[str] = []

    @property
    def failed(self) -> bool:
        """Whether the chosen write was reached."""
        return len(self.seen) >= self.n

    def __call__(
        self,
        execute: statements.Execute,
        sql: str,
        params: Any,
        many: bool,
        context: dict[str, Any],
    ) -> Any:
        """Count and, when it is due, fail, in the manner of Django's execute wrappers."""
        if statements.verb(sql) in WRITE_VERBS and self.table in sql:
            self.seen.append(sql)
            if len(self.seen) == self.n:
                raise self.error(f"write {self.n} was made to fail: {statements.shorten(sql)}")
        return execute(sql, params, many, context)


@pytest.fixture
def read_gate() -> type[ReadGate]:
    """Race calls, each held after its first read of a table, before its next statement.

    ``await read_gate(Article).race(client.post(url), client.post(url))``
    """
    return ReadGate


@contextmanager
def _failing(
    n: int, table: Table = "", error: type[Exception] = WriteFailed
) -> Iterator[FailNthWrite]:
    failing = FailNthWrite(n, table, error)
    with statements.wrapped(failing):
        yield failing


@pytest.fixture
def fail_nth_write() -> Callable[..., Any]:
    """Make a write fail.

    ``with fail_nth_write(2, AuditEntry): ...`` fails the second one to that table in the block.
    It raises WriteFailed, or what is given as ``error=IntegrityError``.
    """
    return _failing
