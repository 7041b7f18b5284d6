"""The rule of virtual time: it moves only when everything that could still run is waiting.

A discrete-event simulation over real threads. Every thread that takes part works on a *job*, jobs
belong to a *crew* (a pool, a plain thread, the test's own thread), and a job that waits is
*parked*. When no crew is busy, time jumps to the earliest deadline and exactly one waiter is woken,
so a run is a function of the code under test alone. Nothing in here knows pytest or asyncio.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import math
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Self

from dojo.instruments.stuck import Stuck

if TYPE_CHECKING:
    from dojo.instruments.waits import Wait

# Bound before anything is patched.
REAL = SimpleNamespace(
    sleep=time.sleep,
    monotonic=time.monotonic,
    monotonic_ns=time.monotonic_ns,
    perf_counter=time.perf_counter,
    perf_counter_ns=time.perf_counter_ns,
    time=time.time,
    time_ns=time.time_ns,
)

# So many jumps in one test are no test: a timer that rearms itself for ever.
MOST_JUMPS = 20_000

_here = threading.local()
_active: VirtualTime | None = None


class TestIsOver(SystemExit):
    """Raised in what outlives its test: threads drop a SystemExit without a word."""


class Instant(float):
    """A reading of the clock; the difference of two is exact to the nanosecond.

    ``0.3 - 0.2 < 0.1`` in floats: a loop that polls the clock would turn once too often.
    """

    __slots__ = ("epoch", "seconds")
    seconds: float
    epoch: float

    def __new__(cls, seconds: float, epoch: float = 0.0) -> Self:
        """Take the reading *seconds* after *epoch*."""
        instant = super().__new__(cls, epoch + seconds)
        instant.seconds, instant.epoch = seconds, epoch
        return instant

    def __sub__(self, other: float) -> float:
        if isinstance(other, Instant):
            # Both epochs are the same, unless somebody has set the clock in between.
            return round(self.seconds - other.seconds + (self.epoch - other.epoch), 9)
        return super().__sub__(other)

    def __rsub__(self, other: float) -> float:
        """Return what is left until *other*, a deadline: 0 if only rounding is."""
        return round(super().__rsub__(other), 9)


class Crew:
    """The threads of one *owner* (pool, thread, loop), and how many of its jobs are parked."""

    __slots__ = ("jobs", "limit", "owner", "parked", "time", "waited_for_by")

    def __init__(self, time: VirtualTime, owner: object, limit: float) -> None:
        self.time = time
        # Also keeps its id, the key in `VirtualTime.crews`, from being used again.
        self.owner = owner
        self.limit = limit
        self.jobs = self.parked = 0
        self.waited_for_by: list[Wait] = []

    @property
    def busy(self) -> bool:
        """Whether a job runs, or is queued and finds a free worker."""
        return min(self.jobs, self.limit) > self.parked


class Job:
    """What one thread works on; *number* counts in the order of submission."""

    __slots__ = ("crew", "number", "thread")

    def __init__(self, crew: Crew, number: int) -> None:
        self.crew = crew
        self.number = number
        self.thread: int | None = None


class VirtualTime:
    """The time of one test: seconds since its start, and everybody who can hold it up."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.now = 0.0
        self.epoch = REAL.time()
        self.crews: dict[int, Crew] = {}
        self.jobs: set[Job] = set()
        self.loops: list[object] = []
        self.waits: set[Wait] = set()
        self.problems: list[str] = []
        self.jumps = self.changes = 0
        self.judged = self.over = False
        self._deadlines: list[tuple[float, int, int, int, Wait]] = []
        self._count = itertools.count()
        self.test = self.enter(self, limit=1)

    # -- jobs ---------------------------------------------------------------------------------

    def enter(self, owner: object, limit: float) -> Job:
        """Account for one more job of *owner*, which does at most *limit* jobs at a time."""
        with self.lock:
            crew = self.crews.get(id(owner))
            if crew is None:
                crew = self.crews[id(owner)] = Crew(self, owner, limit)
            crew.jobs += 1
            self.changes += 1
            job = Job(crew, next(self._count))
            self.jobs.add(job)
            return job

    def leave(self, job: Job) -> None:
        """Account for the end of *job*, whoever ran it; a second time does nothing."""
        with self.lock:
            if job not in self.jobs:
                return
            self.jobs.remove(job)
            crew = job.crew
            crew.jobs -= 1
            self.changes += 1
            if not crew.jobs:
                del self.crews[id(crew.owner)]
                for wait in crew.waited_for_by:
                    self.end(wait)
            self._advance()

    # -- waits --------------------------------------------------------------------------------

    def deadline(self, seconds: float) -> float:
        """Return the time *seconds* from now, rounded so that sums of decimals stay exact."""
        return round(self.now + seconds, 9)

    def park(self, wait: Wait) -> None:
        """Count *wait* as waiting from here on; it may have ended when this returns."""
        with self.lock:
            if wait.ended:
                return
            wait.parked = True
            wait.job.crew.parked += 1
            self.waits.add(wait)
            self.changes += 1
            if wait.deadline < math.inf:
                entry = (wait.deadline, wait.rank, wait.job.number, next(self._count), wait)
                heapq.heappush(self._deadlines, entry)
            self._advance()

    def end(self, wait: Wait, *, expired: bool = False) -> None:
        """Let *wait* run again; a second time does nothing."""
        with self.lock:
            if wait.ended:
                return
            wait.ended = True
            wait.expired = expired
            self.changes += 1
            if wait.parked:
                wait.parked = False
                wait.job.crew.parked -= 1
                self.waits.discard(wait)
                if not expired and wait.deadline < math.inf:
                    # It would keep whatever waits alive, a closed loop for one, until its deadline.
                    self._deadlines = [one for one in self._deadlines if one[-1] is not wait]
                    heapq.heapify(self._deadlines)
            wait.alarm()

    @property
    def dead(self) -> bool:
        """Whether nobody runs and nobody has a deadline: nothing can happen any more."""
        with self.lock:
            return not self._next() and not any(crew.busy for crew in self.crews.values())

    def _next(self) -> Wait | None:
        while self._deadlines and self._deadlines[0][-1].ended:
            heapq.heappop(self._deadlines)
        return self._deadlines[0][-1] if self._deadlines else None

    def _advance(self) -> None:
        if any(crew.busy for crew in self.crews.values()):
            return
        if wait := self._next():
            heapq.heappop(self._deadlines)
            if wait.deadline > self.now:
                self.now = wait.deadline
                self.jumps += 1
            self.end(wait, expired=True)

    # -- the end of it ------------------------------------------------------------------------

    def report(self, problem: str) -> BaseException:
        """Record *problem*, so that it counts even if its exception is swallowed; return that.

        After the verdict it is an ordinary exception: those who clean up may ignore it.
        """
        if self.judged:
            return RuntimeError(problem)
        with self.lock:
            if problem not in self.problems:
                self.problems.append(problem)
        return Stuck(problem)

    def close(self) -> None:
        """Send away the sleepers that are left; their clock stands still from now on."""
        with self.lock:
            self.over = True
            for wait in [wait for wait in self.waits if wait.deadline < math.inf or wait.rank]:
                self.end(wait, expired=True)


# -- who takes part ---------------------------------------------------------------------------


def active() -> VirtualTime | None:
    """Return the clock of the running test; None means real time."""
    return _active


def current_job() -> Job | None:
    """Return the job that this thread works on, if it takes part in virtual time."""
    jobs: list[Job | None] = getattr(_here, "jobs", [])
    return jobs[-1] if jobs else None


@contextlib.contextmanager
def working_on(job: Job | None) -> Iterator[None]:
    """Make *job* the current thread's job; with None, its waits are real, and it counts as busy."""
    jobs: list[Job | None] = _here.__dict__.setdefault("jobs", [])
    if job is not None:
        job.thread = threading.get_ident()
    jobs.append(job)
    try:
        yield
    finally:
        jobs.pop()


@contextlib.contextmanager
def virtual_time() -> Iterator[VirtualTime]:
    """Run the block on a clock of its own; an outer block's clock stands still meanwhile."""
    global _active
    outer, clock = _active, VirtualTime()
    _active = clock
    try:
        with working_on(clock.test):
            yield clock
    finally:
        clock.close()
        _active = outer
