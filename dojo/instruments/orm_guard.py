"""Database queries by thread: none may run on the event loop's thread.

Django refuses such a query with SynchronousOnlyOperation, unless DJANGO_ALLOW_ASYNC_UNSAFE has any
value but the empty one ("0" and "false" too). So what counts here is a query that ran, seen at the
cursor, where neither that variable nor an `except` can hide it.
https://docs.djangoproject.com/en/6.0/topics/async/#envvar-DJANGO_ALLOW_ASYNC_UNSAFE
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.exceptions import SynchronousOnlyOperation

from dojo.instruments import findings, learner, statements
from dojo.instruments.hops import sent_from
from dojo.instruments.ledger import Ledger

UNSAFE = "DJANGO_ALLOW_ASYNC_UNSAFE"

# What opens, closes or marks a transaction is told apart from what reads or writes: SQLite's BEGIN
# is a statement to Django, PostgreSQL's is not, and a budget of queries must mean the same on both.
TRANSACTION_VERBS = {"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA"}


@dataclass(frozen=True, slots=True)
class Query:
    """One statement that reads or writes."""

    sql: str
    params: object
    alias: str
    thread: str
    thread_id: int
    on_loop: bool
    in_atomic: bool
    spot: learner.Spot | None

    def __str__(self) -> str:
        where = "on the event loop's thread" if self.on_loop else f"in thread {self.thread}"
        spot = f" at {self.spot}" if self.spot else ""
        return f"{statements.shorten(self.sql)}  {where}{spot}"


class Queries(Ledger[Query]):
    """The statements of a test, in all threads and on all connections, in order."""

    nouns = ("query", "queries")

    @property
    def on_loop(self) -> Queries:
        """Those that ran on the thread of a running event loop."""
        return Queries(query for query in self if query.on_loop)

    @property
    def threads(self) -> frozenset[int]:
        """Identifiers of the threads that queries ran in, as of ``threading.get_ident()``."""
        return frozenset(query.thread_id for query in self)

    def matching(self, *words: str) -> Queries:
        """Return those whose SQL contains every one of *words*, in any letter case."""
        return Queries(q for q in self if all(word.lower() in q.sql.lower() for word in words))


_current: list[Queries] = []
_set_at: list[learner.Spot] = []


def _watch(
    execute: statements.Execute, sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    on_loop = asyncio._get_running_loop() is not None
    if not (on_loop or _current):
        return execute(sql, params, many, context)
    frame = learner.nearest_learner_frame(sys._getframe(1))
    query = Query(
        sql=sql,
        params=params,
        alias=context["connection"].alias,
        thread=threading.current_thread().name,
        thread_id=threading.get_ident(),
        on_loop=on_loop,
        in_atomic=context["connection"].in_atomic_block,
        spot=sent_from() if frame is None else learner.spot(frame),
    )
    if on_loop:
        fact = f"query on the event loop's thread: {statements.shorten(sql)}"
        findings.record(findings.Finding(fact, query.spot))
    if statements.verb(sql) not in TRANSACTION_VERBS:
        for queries in _current:
            queries.append(query)
    return execute(sql, params, many, context)


def _audit(event: str, args: tuple[Any, ...]) -> None:
    """Note where learner code sets the variable; ``os.environ[...] =`` calls ``os.putenv``."""
    if event != "os.putenv" or os.fsdecode(args[0]) != UNSAFE or not args[1]:
        return
    if frame := learner.direct_learner_caller(sys._getframe(1)):
        _set_at.append(learner.spot(frame))


statements.around(_watch)
sys.addaudithook(_audit)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    """Start and end every test without the variable; setting it in between is a finding."""
    os.environ.pop(UNSAFE, None)
    earlier = list(_set_at)
    del _set_at[:]
    try:
        return (yield)
    except SynchronousOnlyOperation as error:
        for spot in earlier:
            error.add_note(f"{UNSAFE} was set at {spot}; it is unset for every test")
        raise
    finally:
        left, spots = os.environ.pop(UNSAFE, ""), [*_set_at]
        del _set_at[:]
        if left or spots:
            value = f" to {left!r}" if left else ""
            fact = f"{UNSAFE} was set{value}: any value but '' lets queries block the event loop"
            findings.record(findings.Finding(fact, spots[0] if spots else None))


@pytest.fixture
def queries() -> Iterator[Queries]:
    """Every statement that reads or writes from here on, with its thread: ``queries.on_loop``."""
    ledger = Queries()
    _current.append(ledger)
    try:
        yield ledger
    finally:
        _current[:] = [other for other in _current if other is not ledger]
