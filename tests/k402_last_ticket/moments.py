"""Chosen moments in a request: before which of its statements something else is to happen.

The read gate holds a request between a read and what it does next. Here the test itself puts that
read in front of the chosen statement, so that the gate holds it wherever the test likes, and opens
as ever: when each request is held, has ended, or waits for a lock of another one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from dojo.instruments import statements
from dojo.instruments.gates import WRITE_VERBS, ReadGate
from dojo.instruments.orm_guard import TRANSACTION_VERBS
from tests.k402_last_ticket.answers import Answer

# In the SQL of what the tests send themselves; the gate looks out for it.
MARK = "sent_by_the_test"

# A request has fewer statements than that, unless it tries again and again.
MOST_STATEMENTS = 8

# Both take the SQL of a request's statements so far; of `Due`, the last one is to come.
Due = Callable[[Sequence[str]], bool]
Act = Callable[[BaseDatabaseWrapper, Sequence[str]], None]


@dataclass
class Moment:
    """One moment of a request."""

    name: str
    due: Due
    #: Whether to act each time that it is due, and not the first time only.
    each_time: bool = False
    #: The verb of the statement that was due, once a request has got that far.
    verb: str = field(default="", init=False)
    #: How many statements the longest request had, or had until this moment.
    statements: int = field(default=0, init=False)

    def __str__(self) -> str:
        return f"{self.name} ({self.verb})" if self.reached else f"{self.name}, {self.never}"

    @property
    def reached(self) -> bool:
        """Whether a request got that far."""
        return bool(self.verb)

    @property
    def never(self) -> str:
        """Why it was not reached."""
        only = "one statement" if self.statements == 1 else f"{self.statements} statements"
        return f"which was not reached: there is only {only}"

    @property
    def first_held(self) -> str:
        """What `overtake` did."""
        if self.reached:
            return f"the first held {self}"
        return f"the first not held {self}, so the other ran after it"

    async def race(self, *requests: Awaitable[Answer]) -> list[Answer]:
        """Run all at once, and hold each at this moment."""
        held = (self.interrupt(request, _stop_at_the_gate) for request in requests)
        return await ReadGate(MARK).race(*held)

    async def overtake(self, first: Awaitable[Answer], second: Awaitable[Answer]) -> list[Answer]:
        """Run *first*, and hold it at this moment until *second* has come as far as it can.

        If *first* does not get there, *second* runs after it.
        """
        loop, may_start = asyncio.get_running_loop(), asyncio.Event()

        def stop(connection: BaseDatabaseWrapper, seen: Sequence[str]) -> None:
            loop.call_soon_threadsafe(may_start.set)
            _stop_at_the_gate(connection, seen)

        async def run_first() -> Answer:
            try:
                return await self.interrupt(first, stop)
            finally:
                may_start.set()

        async def run_second() -> Answer:
            await may_start.wait()
            return await second

        return await ReadGate(MARK).race(run_first(), run_second())

    async def interrupt(self, request: Awaitable[Answer], act: Act) -> Answer:
        """Run a request, and at this moment, *act* on its connection."""
        progress = _Progress(self, act)
        _progress.set(progress)
        # Added here, inside of the race: the latest wrapper is the outermost, and the gate has to
        # see what is sent for it before the statement that follows.
        with statements.wrapped(progress.around):
            return await request


_progress: ContextVar[_Progress | None] = ContextVar("progress", default=None)


@dataclass(eq=False)
class _Progress:
    """How far one request has come."""

    moment: Moment
    act: Act
    seen: list[str] = field(default_factory=list)
    over: bool = False

    def around(
        self,
        execute: statements.Execute,
        sql: str,
        params: Any,
        many: bool,
        context: dict[str, Any],
    ) -> Any:
        """Act before the statement that is due, unless its transaction is broken anyway."""
        ours = MARK in sql or statements.verb(sql) in TRANSACTION_VERBS
        if _progress.get() is self and not ours and not self.over:
            self.seen.append(sql)
            self.moment.statements = max(self.moment.statements, len(self.seen))
            if self.moment.due(self.seen) and not context["connection"].needs_rollback:
                self.over, self.moment.verb = True, statements.verb(sql)
                self.act(context["connection"], self.seen[:-1])
                self.over = not self.moment.each_time
        return execute(sql, params, many, context)


def _stop_at_the_gate(connection: BaseDatabaseWrapper, seen: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 /* {MARK} */")
        cursor.fetchall()


async def every_moment() -> AsyncIterator[Moment]:
    """Yield one moment after the other: before the second statement, the third, to the last one."""
    for number in range(2, MOST_STATEMENTS + 1):
        moment = Moment(f"before statement {number}", partial(_is_number, number))
        yield moment
        if not moment.reached:
            return


def _is_number(number: int, seen: Sequence[str]) -> bool:
    return len(seen) == number


def around_the_first_write() -> list[Moment]:
    """Return two moments: before a request's first write, and before what follows that."""
    return [
        Moment("before its first write", lambda seen: _writes(seen) == 1),
        Moment("after its first write", lambda seen: _writes(seen[:-1]) == 1),
    ]


def before_each_write() -> Moment:
    """Return what comes again as often as a request writes, or tries to."""
    return Moment(
        "before each of its writes",
        lambda seen: statements.verb(seen[-1]) in WRITE_VERBS,
        each_time=True,
    )


def _writes(seen: Sequence[str]) -> int:
    return sum(statements.verb(sql) in WRITE_VERBS for sql in seen)
