"""The line to a wire agency, in the hands of a test: what is sent is noted, held, and may fail."""

import asyncio
import concurrent.futures.thread
import contextlib
import secrets
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dojo.instruments import loop_guard, simulation
from katas.k404_legacy_sdk_bridge.wire import WireClient
from tests.k404_legacy_sdk_bridge.pools import DEFAULT_POOL


@dataclass(frozen=True, slots=True)
class Entry:
    """One use of the SDK: what, of which client, and on which thread."""

    what: str
    client: int
    thread: threading.Thread


class WatchedClient(WireClient):
    """The vendor's client on a line of the test's."""

    def __init__(self, line: "Line") -> None:
        self._line = line
        self._number = line.connected()
        line.note("login", self._number)
        super().__init__()

    def _check(self, call: str) -> None:
        self._line.note(call, self._number)
        super()._check(call)

    def _exchange(self, message: str) -> str:
        return self._line.exchange(message)


class Line:
    """What lies behind `connect`. Make it in a coroutine of the test's own loop."""

    def __init__(self) -> None:
        self.log: list[Entry] = []
        #: What was answered, in order: the message and the answer to it.
        self.sent: list[tuple[str, str]] = []
        #: Threads that an exception has ended, and which one.
        self.deaths: list[str] = []
        # How long the log was when what was held was answered.
        self._released: list[int] = []
        self._loop = asyncio.get_running_loop()
        self._home = threading.current_thread()
        self._clients = 0
        self._errors: dict[str, Exception] = {}
        self._held: dict[str, threading.Event] = {}
        self._reached: dict[str, asyncio.Event] = {}
        # By message, a token for each time that it waits for its answer, in order of arrival.
        self._waiting: dict[str, list[object]] = {}

    # -- for the client, in whichever thread ---------------------------------------------------

    def connected(self) -> int:
        """Count one more client; return its number."""
        self._clients += 1
        return self._clients

    def note(self, what: str, client: int) -> None:
        """Write down a use of the SDK; login and fetch are refused on the test's own loop."""
        here = threading.current_thread()
        self.log.append(Entry(what, client, here))
        if here is self._home and what != "close()":
            loop_guard.blocked(f"WireClient: {what}", sys._getframe(1))

    def exchange(self, message: str) -> str:
        """Answer *message*, when it is not held any more."""
        mine, waiting = object(), self._waiting.setdefault(message, [])
        waiting.append(mine)
        with _counted():
            self._loop.call_soon_threadsafe(self.event(message).set)
            if held := self._held.get(message):
                held.wait()
        # Of several that are let go together, the error is for the one that came first.
        first = waiting[0] is mine
        waiting.remove(mine)
        if first and (error := self._errors.pop(message, None)):
            raise error
        answer = f"{message}: {secrets.token_hex(4)}"
        self.sent.append((message, answer))
        return answer

    # -- for tests -----------------------------------------------------------------------------

    def connect(self) -> WatchedClient:
        """Log in."""
        return WatchedClient(self)

    def hold(self, *messages: str) -> None:
        """Let these be answered only after `release`."""
        self._held |= {message: threading.Event() for message in messages}

    def release(self) -> None:
        """Answer what is held, and hold nothing from here on."""
        held, self._held = self._held, {}
        if held:
            self._released.append(len(self.log))
        for event in held.values():
            event.set()

    def fails(self, message: str, error: Exception) -> Exception:
        """Answer the *message* that waits longest, or else the next, with *error*; return it."""
        self._errors[message] = error
        return error

    def event(self, message: str) -> asyncio.Event:
        """Return what is set, on the test's loop, when *message* is sent."""
        return self._reached.setdefault(message, asyncio.Event())

    def note_death(self, args: threading.ExceptHookArgs) -> None:
        """Stand in for `threading.excepthook`."""
        name = args.thread.name if args.thread else "?"
        self.deaths.append(f"{name} ended by {args.exc_type.__name__}: {args.exc_value}")

    @property
    def thread(self) -> threading.Thread:
        """The thread on which the first client was made."""
        return self.log[0].thread

    @property
    def messages(self) -> list[str]:
        """What the SDK was used for, in order."""
        return [entry.what for entry in self.log]

    def __str__(self) -> str:
        """Tell what the SDK was used for; begins on a new line."""
        lines = []
        for at in range(len(self.log) + 1):
            if at in self._released:
                lines.append("\n  (now the test lets the agency answer what it has held)")
            for entry in self.log[at : at + 1]:
                lines.append(
                    f"\n  {entry.what:<10} client {entry.client}  thread {entry.thread.name}"
                )
        lines += [f"\n  thread {death}" for death in self.deaths]
        if any(entry.thread.name.startswith(DEFAULT_POOL) for entry in self.log):
            lines.append("\nThe loop's default pool gives each job any of its threads.")
        return "\nUse of the SDK:" + ("".join(lines) or " none")


@contextlib.contextmanager
def _counted() -> Iterator[None]:
    """Have the clock count this thread, if it runs the `initializer` of a pool.

    The clock counts the jobs of a pool, and an initializer runs before the first one is begun.
    """
    clock, here = simulation.active(), threading.current_thread()
    job = None
    if clock is not None and simulation.current_job() is None:
        # A pool lists its thread only when that has started.
        while (pool := _pool_of(here, clock)) is None and _is_of_a_pool(here):
            simulation.REAL.sleep(0.0001)
        job = pool and clock.enter(pool, pool._max_workers)
    try:
        with simulation.working_on(job) if job else contextlib.nullcontext():
            yield
    finally:
        if clock is not None and job:
            clock.leave(job)


def _pool_of(thread: threading.Thread, clock: simulation.VirtualTime) -> Any:
    with clock.lock:
        owners = [crew.owner for crew in clock.crews.values()]
    return next((pool for pool in owners if thread in getattr(pool, "_threads", ())), None)


def _is_of_a_pool(thread: threading.Thread) -> bool:
    return getattr(thread, "_target", None) is concurrent.futures.thread._worker
