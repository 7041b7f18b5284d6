"""Database connections that a test opens, and those that nobody closes.

Django closes a connection at the end of the request, in the thread that opened it. A connection
opened elsewhere, in a thread of the loop's default pool (``thread_sensitive=False``,
``asyncio.to_thread``) or in one of the solution's own, stays open until its thread ends: a leak.
https://docs.djangoproject.com/en/6.0/ref/databases/#connection-management

An in-memory SQLite database lives as long as its connections, so Django never really closes one;
asking it to counts here.
"""

from __future__ import annotations

import contextlib
import functools
import sys
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.backends.sqlite3.base import DatabaseWrapper as SQLiteWrapper

from dojo.instruments import findings, learner, statements
from dojo.instruments.hops import is_thread_sensitive, sent_from
from dojo.instruments.ledger import Ledger
from dojo.instruments.simulation import REAL


@dataclass(eq=False, slots=True)
class Connection:
    """One connection to a database, from its opening on."""

    alias: str
    thread: str
    thread_id: int
    #: Django keeps it for the next call: the main thread's, or that of thread-sensitive work.
    kept: bool
    spot: learner.Spot | None
    wrapper: BaseDatabaseWrapper = field(repr=False)
    raw: Any = field(repr=False)
    asked_to_close: bool = False

    @property
    def is_open(self) -> bool:
        """Whether neither Django nor the solution has closed it."""
        return not self.asked_to_close and self.wrapper.connection is self.raw

    def __str__(self) -> str:
        state = "open" if self.is_open else "closed"
        where = f" at {self.spot}" if self.spot else ""
        return f"{self.alias}, {state}, opened in thread {self.thread}{where}"


class Connections(Ledger[Connection]):
    """The connections that a test has opened, in order."""

    nouns = ("connection", "connections")

    @property
    def open(self) -> Connections:
        """Those that are still open."""
        return Connections(connection for connection in self if connection.is_open)


# Real seconds that a statement of a hung test gets to end, once it has been interrupted.
REST_S = 0.2

_current: list[Connections] = []
_abandoned: list[Connection] = []


def _opened(connection: BaseDatabaseWrapper, **kwargs: object) -> None:
    if not _current:
        return
    thread = threading.current_thread()
    frame = learner.nearest_learner_frame(sys._getframe(1))
    opened = Connection(
        alias=connection.alias,
        thread=thread.name,
        thread_id=threading.get_ident(),
        kept=thread is threading.main_thread() or is_thread_sensitive(),
        spot=sent_from() if frame is None else learner.spot(frame),
        wrapper=connection,
        raw=connection.connection,
    )
    for ledger in _current:
        ledger.append(opened)


def _noting_close(close: Any) -> Any:
    @functools.wraps(close)
    def noted(self: BaseDatabaseWrapper) -> None:
        for ledger in _current:
            for connection in ledger:
                if connection.wrapper is self and connection.raw is self.connection:
                    connection.asked_to_close = True
        close(self)

    return noted


connection_created.connect(_opened, weak=False)
# SQLite's own method returns early for an in-memory database, so the base class's is not enough.
for _backend in (BaseDatabaseWrapper, SQLiteWrapper):
    _backend.close = _noting_close(_backend.close)  # type: ignore[method-assign]


def _force_closed(ledger: Connections) -> None:
    """Close what other threads have left, whether or not they still run.

    An open transaction of a hung thread would hold its locks against the next test. And dropping a
    SQLite connection without closing it is a ResourceWarning from Python 3.13 on.
    """
    theirs = [one for one in ledger if one.thread_id != threading.main_thread().ident]
    # One that waits for a lock can be closed when the one that has the lock is.
    for connection in sorted(theirs, key=lambda one: statements.is_executing(one.wrapper)):
        # By the driver's own means: Django's wrapper belongs to its thread.
        with contextlib.suppress(Exception):
            if statements.is_executing(connection.wrapper):
                getattr(connection.raw, "interrupt", lambda: None)()
            if _comes_to_rest(connection):
                connection.raw.close()
                connection.wrapper.connection = None


def _comes_to_rest(connection: Connection) -> bool:
    until = REAL.monotonic() + REST_S
    while statements.is_executing(connection.wrapper) and REAL.monotonic() < until:
        REAL.sleep(0.001)
    # Closing it in the middle of a statement would block this thread, too. So it stays open, and
    # is kept, because dropping it would be no better.
    if statements.is_executing(connection.wrapper):
        _abandoned.append(connection)
        return False
    return True


_LEDGER = pytest.StashKey[Connections]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Keep a ledger from the test's set-up to its teardown, and close what is left."""
    ledger = item.stash[_LEDGER] = Connections()
    _current.append(ledger)
    try:
        return (yield)
    finally:
        _force_closed(ledger)
        _current[:] = [other for other in _current if other is not ledger]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Record every connection that the call opened, and that nobody is going to close."""
    with item.stash[_LEDGER].during() as opened:
        try:
            return (yield)
        finally:
            for connection in opened.open:
                if not connection.kept:
                    fact = f"database connection left open in thread {connection.thread}"
                    findings.record(findings.Finding(fact, connection.spot, cause=False))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Close the connections of other threads before the database is flushed."""
    _force_closed(item.stash[_LEDGER])
    return (yield)


@pytest.fixture
def connections_opened(request: pytest.FixtureRequest) -> Iterator[Connections]:
    """The connections opened from here on: ``connections_opened.open`` are those still open."""
    node: pytest.Item = request.node
    with node.stash[_LEDGER].during() as opened:
        yield opened
