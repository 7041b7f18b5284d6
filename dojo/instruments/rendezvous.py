"""Judging without a clock: calls that must meet, and calls that are held back step by step."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Hashable
from typing import Any

from dojo.instruments import findings
from dojo.instruments.patience import Stopwatch
from dojo.instruments.simulation import current_job
from dojo.instruments.virtual_loop import VirtualLoop

# On a loop without virtual time: how often to look whether the others can still come, and how long
# to hope for them while sockets, timers or threads are under way. Only wrong solutions wait.
LOOK_S = 0.01
PATIENCE_S = 2.0
# So many turns of such a loop without any other work mean that there is none.
_QUIET_TURNS = 25


class NotTogether(AssertionError):  # noqa: N818 - a fact, as in pytest's own `Failed`
    """Calls that should have been in flight at the same time never were."""


class Rendezvous:
    """Answers a call only when *size* calls are in flight together; later ones at once.

    The calls may come from one event loop, from several, and from threads.
    """

    def __init__(self, size: int, explain: Callable[[str], str]) -> None:
        self.size = size
        self.met = size < 1
        self._explain = explain
        self._lock = threading.Condition(threading.Lock())
        self._waiting = 0
        self._tickets: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = []
        self._failed: NotTogether | None = None

    async def join(self, seconds: float) -> None:
        """Wait in a task for the others, on a virtual loop for *seconds* at most.

        Raises:
            NotTogether: The others cannot come any more.
        """
        __tracebackhide__ = True
        loop = asyncio.get_running_loop()
        ticket: asyncio.Future[None] = loop.create_future()
        with self._lock:
            if self._arrive():
                return
            self._tickets.append((loop, ticket))
        wait = seconds if isinstance(loop, VirtualLoop) else LOOK_S
        timer = loop.call_later(wait, self._look, loop, ticket, Stopwatch(), 0)
        try:
            await ticket
        finally:
            timer.cancel()
            with self._lock:
                self._waiting -= 1

    def join_in_thread(self, seconds: float) -> None:
        """Wait in a thread for the others: *seconds* of virtual time, or for some real patience.

        Raises:
            NotTogether: The others did not come.
        """
        __tracebackhide__ = True
        with self._lock:
            if self._arrive():
                return
            wait_s = PATIENCE_S if current_job() is None else seconds
            watch = Stopwatch()
            met = self._lock.wait_for(self._decided, wait_s)
            while not met and current_job() is None and not watch.is_over(PATIENCE_S):
                met = self._lock.wait_for(self._decided, LOOK_S)
            together = self._waiting
        if not met:
            self._fail(together)
        # Not before: another one, whose time is up just now, would count one too few.
        with self._lock:
            self._waiting -= 1
        if self._failed is not None:
            raise self._failed

    def _decided(self) -> bool:
        return self.met or self._failed is not None

    def _arrive(self) -> bool:
        if self.met:
            return True
        self._waiting += 1
        if self._waiting < self.size:
            return False
        self.met = True
        self._waiting -= 1
        self._lock.notify_all()
        for loop, ticket in self._tickets:
            loop.call_soon_threadsafe(_resolve, ticket, None)
        return True

    def _look(self, loop: Any, ticket: asyncio.Future[None], watch: Stopwatch, looks: int) -> None:
        if self.met or ticket.done():
            return
        mine = {ticket for owner, ticket in self._tickets if owner is loop}
        if not isinstance(loop, VirtualLoop) and not (
            looks and (_is_dry(loop, len(mine)) or watch.is_over(PATIENCE_S))
        ):
            loop.call_later(LOOK_S, self._look, loop, ticket, watch, looks + 1)
            return
        self._fail(self._waiting)

    def _fail(self, together: int) -> None:
        fact = (
            f"{together} of {self.size} calls in flight, and nothing else is running: "
            "the others do not start before these have returned."
        )
        with self._lock:
            if self._failed is not None:
                return
            self._failed = NotTogether(self._explain(fact))
            self._lock.notify_all()
            for loop, ticket in self._tickets:
                loop.call_soon_threadsafe(_resolve, ticket, self._failed)
        findings.record(findings.Finding(str(self._failed)))


def _resolve(ticket: asyncio.Future[None], error: BaseException | None) -> None:
    if ticket.done():
        return
    if error is None:
        ticket.set_result(None)
    else:
        ticket.set_exception(error)


def _is_dry(loop: Any, own_timers: int) -> bool:
    """Whether nothing on an ordinary loop, and no thread, could still bring another call."""
    ready = len(getattr(loop, "_ready", ()))
    timers = [handle for handle in getattr(loop, "_scheduled", ()) if not handle.cancelled()]
    selector = getattr(loop, "_selector", None)
    sockets = len(selector.get_map() or ()) if selector is not None else 2
    # One socket is the loop's own wake-up pipe; one look is being done right now.
    return not ready and len(timers) < own_timers and sockets <= 1 and not _threads_at_work()


def _threads_at_work() -> bool:
    from concurrent.futures import thread

    frames = sys._current_frames()
    frames.pop(threading.get_ident(), None)
    worker = thread._worker.__code__
    return any(frame.f_code is not worker for frame in frames.values())


class Gate:
    """Holds every call until it is released, so that the code under test goes step by step."""

    def __init__(self) -> None:
        self._held: dict[Hashable, list[asyncio.Future[None]]] = {}

    @property
    def in_flight(self) -> set[Hashable]:
        """The keys of the calls that are being held."""
        return set(self._held)

    def release(self, *keys: Hashable) -> None:
        """Let the calls for *keys* be answered; without keys all that are held now."""
        self._end(keys or tuple(self._held), None)

    def fail(self, key: Hashable, error: BaseException) -> None:
        """Let the call for *key* raise *error*."""
        self._end((key,), error)

    def _end(self, keys: tuple[Hashable, ...], error: BaseException | None) -> None:
        for key in keys:
            if key not in self._held:
                held = ", ".join(map(repr, self._held)) or "none"
                raise AssertionError(f"no call for {key!r} is in flight; in flight: {held}")
            for ticket in self._held[key]:
                _resolve(ticket, error)

    async def settle(self) -> None:
        """Let everything run that can run without the passing of time."""
        await settle()

    async def hold(self, key: Hashable) -> None:
        """Wait in a call until a test releases it."""
        ticket: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._held.setdefault(key, []).append(ticket)
        try:
            await ticket
        finally:
            self._held[key].remove(ticket)
            if not self._held[key]:
                del self._held[key]


async def settle() -> None:
    """Let everything run that can run without the passing of time.

    On a virtual loop that is exact, threads included. On another loop it means that nothing else
    was ready for some turns; threads are not waited for.
    """
    loop: Any = asyncio.get_running_loop()
    if isinstance(loop, VirtualLoop):
        await loop.settled()
        return
    quiet = 0
    while quiet < _QUIET_TURNS:
        await asyncio.sleep(0)
        quiet = 0 if loop._ready else quiet + 1
