"""An event loop whose time is virtual: idle in its selector, it is one more waiter of the clock."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import heapq
import math
import selectors
import socket
import sys
from collections.abc import Callable
from typing import Any, NoReturn, TypeVarTuple

from dojo.instruments import learner
from dojo.instruments.simulation import (
    MOST_JUMPS,
    Instant,
    Job,
    TestIsOver,
    VirtualTime,
    current_job,
    working_on,
)
from dojo.instruments.stuck import describe
from dojo.instruments.waits import GRACE_S, Wait, Watch

# So many turns of the loop in which no time passes and nothing arrives are no work, but polling;
# while somebody else waits for time to pass, fewer are enough.
MOST_TURNS = 50_000
MOST_TURNS_WITH_WAITERS = 10_000

_Args = TypeVarTuple("_Args")
_Events = list[tuple[selectors.SelectorKey, int]]


class VirtualLoop(asyncio.SelectorEventLoop):
    """A selector loop on *time*; real sockets and processes are refused in words."""

    def __init__(self, time: VirtualTime) -> None:
        self._virtual = time
        self._idle: _Idle | None = None
        self._called = False  # from another thread, since the last turn
        self._settling: list[asyncio.Future[None]] = []
        self._interrupted: set[asyncio.Task[Any]] = set()
        self._timers = 0
        self._turns = 0
        self._turns_at = 0.0
        self._refuses = False  # the loop's own wake-up pipe comes first
        self._waiting_selector = _WaitingSelector(self._wait)
        super().__init__(self._waiting_selector)
        self._refuses = True

    # asyncio adds it to the time when it looks for due timers. Years from now a nanosecond is
    # lost in the rounding of a float, and a due timer would never be found.
    @property
    def _clock_resolution(self) -> float:
        return max(1e-9, 2 * math.ulp(self._virtual.now))

    @_clock_resolution.setter
    def _clock_resolution(self, value: float) -> None:
        pass

    def time(self) -> float:
        """Return the virtual seconds since the start of the test."""
        return Instant(self._virtual.now)

    def call_at(
        self,
        when: float,
        callback: Callable[[*_Args], object],
        *args: *_Args,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        """Schedule *callback*; of two timers for the same moment, the older one fires first."""
        self._check_closed()  # type: ignore[attr-defined]
        self._timers += 1
        timer = _Timer(self._timers, when, callback, args, self, context)
        heapq.heappush(self._scheduled, timer)  # type: ignore[attr-defined]
        timer._scheduled = True  # type: ignore[attr-defined]
        return timer

    def run_forever(self) -> None:
        """Run until stopped, and speak for this thread meanwhile."""
        time, job = self._virtual, current_job()
        if job is None or job.crew.time is not time:
            job = time.enter(self, limit=1)
        with time.lock:
            time.loops.append(self)
        try:
            with working_on(job):
                super().run_forever()
        finally:
            with time.lock:
                time.loops.remove(self)
            if job.crew.owner is self:
                time.leave(job)

    def call_soon_threadsafe(
        self,
        callback: Callable[[*_Args], object],
        *args: *_Args,
        context: contextvars.Context | None = None,
    ) -> asyncio.Handle:
        """Schedule *callback*; from this moment on the loop is not idle any more."""
        with self._virtual.lock:
            handle = super().call_soon_threadsafe(callback, *args, context=context)
            self._called = True
            if self._idle is not None:
                self._virtual.end(self._idle)
            return handle

    async def settled(self) -> None:
        """Wait until nothing can run any more unless time passes, in no thread either."""
        future = self.create_future()
        self._settling.append(future)
        await future

    def interrupt(self) -> None:
        """Make `select` return in the loop's thread."""
        super().call_soon_threadsafe(_nothing)

    # -- waiting ------------------------------------------------------------------------------

    def _wait(self, timeout: float | None) -> _Events:
        try:
            return self._next_events(timeout)
        except BaseException:
            # It leaves the loop here, past all tasks. asyncio holds those weakly, and nobody else
            # may hold them now; they have to live until the loop is closed, which cancels them.
            self._interrupted = asyncio.all_tasks(self)
            raise

    def _next_events(self, timeout: float | None) -> _Events:
        poll, time = self._waiting_selector.poll, self._virtual
        events = poll(0)
        if events or timeout == 0:
            self._called = False
            self._count_turn(idle=not events)
            return events
        job = current_job()
        assert job is not None, "select() outside run_forever()"
        if time.jumps > MOST_JUMPS:
            time.jumps = 0
            raise time.report(
                f"{MOST_JUMPS} timers have fired, it is {time.now:g} s, and the test is not done: "
                f"something rearms its timer for ever.\n{describe(time)}"
            )
        deadline = math.inf if timeout is None else time.deadline(timeout)
        idle = _Idle(self, job, time.now if self._settling else deadline)
        idle.rank += len(self._settling)  # behind all others for whom no time has to pass
        with time.lock:
            if self._called:
                self._called = False
                return []
            if time.over:
                raise TestIsOver
            self._turns = 0
            self._idle = idle
            time.park(idle)
            idle.polls = idle.parked
        try:
            watch = Watch(idle)
            while idle.parked and not (events := poll(GRACE_S)):
                if idle.parked:
                    watch.look()
        finally:
            # In one step: whoever calls us meanwhile has written to the wake-up pipe already, and
            # would find no idle loop to wake, but a parked wait that lets time pass.
            with time.lock:
                idle.polls = False
                self._idle = None
                time.end(idle)
        if idle.expired and self._settling:
            settling, self._settling = self._settling, []
            for future in settling:
                if not future.done():
                    future.set_result(None)
        return events

    def _count_turn(self, *, idle: bool) -> None:
        time = self._virtual
        if not idle or time.now != self._turns_at:
            self._turns, self._turns_at = 0, time.now
            return
        self._turns += 1
        if self._turns < MOST_TURNS_WITH_WAITERS:
            return
        with time.lock:
            mine = current_job()
            crews = [crew for crew in time.crews.values() if mine is None or crew is not mine.crew]
            timers = bool(self._scheduled)  # type: ignore[attr-defined]
            if any(crew.busy for crew in crews):
                self._turns = 0  # a real thread is at work, which takes real time
            elif self._turns >= MOST_TURNS or timers or time.waits:
                turns, self._turns = self._turns, 0
                raise time.report(
                    f"The event loop turned {turns} times and no time passed "
                    f"(it is {time.now:g} s): something polls, as with `await asyncio.sleep(0)`, "
                    f"instead of waiting.\n{describe(time)}"
                )

    # -- what virtual time cannot wait for ----------------------------------------------------

    def _add_reader(self, fd: Any, callback: Callable[..., Any], *args: Any) -> Any:
        if self._refuses:
            self._refuse("A real socket or pipe")
        return super()._add_reader(fd, callback, *args)  # type: ignore[misc]

    def _add_writer(self, fd: Any, callback: Callable[..., Any], *args: Any) -> Any:
        self._refuse("A real socket or pipe")

    async def sock_connect(self, sock: socket.socket, address: Any) -> None:
        """Refuse: a connection is real.

        Raises:
            Stuck: Always.
        """
        self._refuse("A real connection")

    async def create_server(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse: who would connect to it?

        Raises:
            Stuck: Always.
        """
        self._refuse("A real server")

    async def getaddrinfo(self, host: Any, port: Any, **_: Any) -> NoReturn:
        """Refuse: a name is looked up in the real network.

        Raises:
            Stuck: Always.
        """
        self._refuse("A look-up of a host name")

    async def _make_subprocess_transport(self, *_: Any, **__: Any) -> NoReturn:
        self._refuse("A real process")

    def _refuse(self, what: str) -> NoReturn:
        frame = learner.nearest_learner_frame(sys._getframe(2))
        where = f"\n  at {learner.spot(frame)}" if frame is not None else ""
        raise self._virtual.report(
            f"{what} does not wait for virtual time. "
            f"Simulate it, or mark the test with @pytest.mark.realtime.{where}"
        )


class _Timer(asyncio.TimerHandle):
    """In real time no two timers are due at the very same moment; here that is the rule."""

    __slots__ = ("_number",)

    def __init__(self, number: int, *args: Any) -> None:
        super().__init__(*args)
        self._number = number

    def __lt__(self, other: asyncio.TimerHandle) -> bool:
        if isinstance(other, _Timer) and self.when() == other.when():
            return self._number < other._number
        return super().__lt__(other)


class _Idle(Wait):
    """A loop that waits in `select`."""

    rank = 1

    def __init__(self, loop: VirtualLoop, job: Job, deadline: float) -> None:
        super().__init__(job, deadline)
        self.loop = loop
        self.polls = False

    def alarm(self) -> None:
        if self.polls:
            with contextlib.suppress(RuntimeError):  # closed meanwhile
                self.loop.interrupt()


class _WaitingSelector(selectors.DefaultSelector):
    def __init__(self, wait: Callable[[float | None], _Events]) -> None:
        super().__init__()
        self._wait = wait

    def select(self, timeout: float | None = None) -> _Events:
        return self._wait(timeout)

    def poll(self, timeout: float) -> _Events:
        return super().select(timeout)


def _nothing() -> None:
    pass
