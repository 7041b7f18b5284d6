"""A slow database, and when each hop was asked for and when it got its turn."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from asgiref.sync import SyncToAsync

from dojo.instruments import statements
from dojo.instruments.clock import Clock
from dojo.instruments.orm_guard import TRANSACTION_VERBS

QUERY_S = 0.1
COLUMNS = 40


@dataclass
class Trip:
    """One hop to a thread, in seconds on the test's clock."""

    name: str
    asked: float
    threads: set[str] = field(default_factory=set)
    began: float = 0.0
    ended: float = 0.0


_trip: ContextVar[Trip | None] = ContextVar("trip", default=None)


class SlowDatabase:
    """Inside ``at_work()``, each query takes 0.1 s, and each hop is noted."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._trips: list[Trip] = []
        self._at_once = self._most_at_once = 0
        self._lock = threading.Lock()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Slow down the queries of all threads."""
        call: Any = SyncToAsync.__call__
        began = self._clock.now

        async def noted(hop: SyncToAsync[Any, Any], *args: Any, **kwargs: Any) -> Any:
            name = getattr(hop.func, "__qualname__", type(hop.func).__qualname__)
            trip = Trip(name.rpartition("<locals>.")[2], round(self._clock.now - began, 6))
            self._trips.append(trip)
            _trip.set(trip)
            try:
                return await call(hop, *args, **kwargs)
            finally:
                _trip.set(None)

        def slow(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            result = execute(sql, params, many, context)
            # On the loop's thread, the query itself is the mistake, and is reported.
            on_loop = asyncio._get_running_loop() is not None
            if not on_loop and statements.verb(sql) not in TRANSACTION_VERBS:
                self._take_time(_trip.get() or Trip("", 0), began)
            return result

        SyncToAsync.__call__ = noted  # type: ignore[method-assign, assignment]
        try:
            with statements.wrapped(slow):
                yield
        finally:
            SyncToAsync.__call__ = call  # type: ignore[method-assign]

    def _take_time(self, trip: Trip, began: float) -> None:
        with self._lock:
            self._at_once += 1
            self._most_at_once = max(self._most_at_once, self._at_once)
        if not trip.threads:
            trip.began = round(self._clock.now - began, 6)
        trip.threads.add(threading.current_thread().name)
        time.sleep(QUERY_S)
        trip.ended = round(self._clock.now - began, 6)
        with self._lock:
            self._at_once -= 1

    def draw(self) -> str:
        """Draw the hops that asked the database, each from when it was asked for."""
        trips = [trip for trip in self._trips if trip.threads]
        end = max((trip.ended for trip in trips), default=1.0)

        def column(seconds: float) -> int:
            return round(seconds / end * COLUMNS)

        rows = [
            f"  {trip.name[:22]:<22} {f'{trip.asked:g} s':<7} "
            f"{f'{trip.began:g} - {trip.ended:g} s':<13}"
            f"{' ' * column(trip.asked)}{'.' * (column(trip.began) - column(trip.asked))}"
            f"{'=' * (column(trip.ended) - column(trip.began))}"
            for trip in trips
        ]
        threads = len(set[str]().union(*(trip.threads for trip in trips)))
        reason = (
            "\nGathering them does not help: they share the one thread that the request has."
            if threads == 1 < len(trips)
            else ""
        )
        return (
            f"With a database that takes {QUERY_S:g} s for each query (. waits for its turn, "
            f"= has it):\n\n  {'hop':<22} {'asked':<7} had its turn\n" + "\n".join(rows) + "\n\n"
            f"At most {self._most_at_once} of {len(trips)} had a query under way at one time, "
            f"in {threads} thread{'' if threads == 1 else 's'}.{reason}"
        )
