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
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.backends.sqlite3.base import DatabaseWrapper as SQLiteWrapper

from dojo.instruments import findings, learner, statements, threads
from dojo.instruments.hops import is_thread_sensitive, sent_from
from dojo.instruments.ledger import Ledger
from dojo.instruments.patience import Stopwatch
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


# Real seconds that a thread gets to let go of its connection, once its statement is interrupted.
REST_S = 0.2

_current: list[Connections] = []
_abandoned: list[Connection] = []
# Threads that lost their connection while they were at work; what they die of is our doing.
_cut_off: set[int] = set()


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


def _closing_what_fails(connect: Any) -> Any:
    """Close a connection that is refused before it is ready, as that of a thread left over may be.

    Django keeps it and tells nobody, so it would be dropped unclosed, in the middle of some test.
    """

    @functools.wraps(connect)
    def closing(self: BaseDatabaseWrapper) -> None:
        before = self.connection
        try:
            connect(self)
        except BaseException:
            # What was open before is not this call's: Django's guard refuses calls on a loop, too.
            if self.connection is not before:
                raw, self.connection = self.connection, None
                raw.close()
            raise

    return closing


connection_created.connect(_opened, weak=False)
BaseDatabaseWrapper.connect = _closing_what_fails(  # type: ignore[method-assign]
    BaseDatabaseWrapper.connect
)
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
        at_work = threads.is_at_work(connection.thread_id) or _is_in_use(connection)
        # By the driver's own means: Django's wrapper belongs to its thread.
        with contextlib.suppress(Exception):
            in_use = at_work and connection.wrapper.connection is connection.raw
            # Of a connection that its thread has closed, it needs no rest: it may be about to end.
            if in_use and not _comes_to_rest(connection):
                # Kept, because dropping it would be no better than closing it.
                _abandoned.append(connection)
                continue
            connection.raw.close()
            if not at_work:
                connection.wrapper.connection = None


def _comes_to_rest(connection: Connection) -> bool:
    """Keep the thread that still works from using *connection*; false if it does not let go of it.

    To close a SQLite connection in the middle of another thread's call is a crash of the process.
    And while the thread holds a cursor, what that has locked stays locked.
    """
    _cut_off.add(connection.thread_id)
    statements.refuse(connection.wrapper)
    if _is_in_use(connection):
        getattr(connection.raw, "interrupt", lambda: None)()
    watch = Stopwatch()
    while threads.is_at_work(connection.thread_id) and not watch.is_over(REST_S):
        REAL.sleep(0.001)
    return not _is_in_use(connection)


def _is_in_use(connection: Connection) -> bool:
    if statements.is_executing(connection.wrapper):
        return True
    frame = sys._current_frames().get(connection.thread_id)
    while frame is not None:
        # Rows are fetched, and transactions end, past the statements.
        if frame.f_globals.get("__name__", "").startswith("django.db.backends."):
            return True
        frame = frame.f_back
    return False


_LEDGER = pytest.StashKey[Connections]()
_HOOK = pytest.StashKey[Callable[[Any], object]]()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Say nothing of errors in threads that were cut off; pytest would blame whoever runs then."""
    hook = session.config.stash[_HOOK] = threading.excepthook

    def selective(error: Any) -> None:
        if error.thread is None or error.thread.ident not in _cut_off:
            hook(error)

    threading.excepthook = selective


@pytest.hookimpl(tryfirst=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Put the hook back."""
    if hook := config.stash.get(_HOOK, None):
        threading.excepthook = hook


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
        # The item outlives its test, and these hold all that Django has made for each of them.
        del item.stash[_LEDGER]


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
