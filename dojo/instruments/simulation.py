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

from dojo.instruments.stuck import Stuck

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

# A waiter looks up once per grace (real seconds). Nothing known can end the wait: only a thread
# that we do not account for (one from before the test) still could, and this is its chance.
GRACE_S = 0.2
# A thread that works for so long without touching the clock is reported. Below the 5 s of
# pytest-timeout, which can only show stacks.
PATIENCE_S = 4.0
# So many jumps in one test are no test: a timer that rearms itself for ever.
MOST_JUMPS = 50_000

_here = threading.local()
_active: VirtualTime | None = None


class TestIsOver(SystemExit):
    """Raised in what outlives its test: threads drop a SystemExit without a word."""


class Crew:
    """The threads of one *owner* (pool, thread, loop), and how many of its jobs are parked."""

    __slots__ = ("jobs", "limit", "owner", "parked", "time", "waited_for_by")

    def __init__(self, time: VirtualTime, owner: object, limit: float) -> None:
        self.time = time
        self.owner = owner  # also keeps id(owner), the key of `VirtualTime.crews`, from being reused
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


class Wait:
    """One wait of one thread, which ends by `VirtualTime.end` or at *deadline* (virtual)."""

    rank = 0  # of two waits with the same deadline, the lower rank is woken first

    def __init__(self, job: Job, deadline: float = math.inf) -> None:
        self.job = job
        self.deadline = deadline
        self.parked = False
        self.expired = False
        self.ended = False
        self._gate = threading.Lock()
        self._gate.acquire()

    def alarm(self) -> None:
        """Wake the thread; called once, under the lock of the clock."""
        self._gate.release()

    def sit_out(self) -> bool:
        """Block until the wait ends; false if it ended because its deadline came.

        Raises:
            Stuck: On the test's own thread, when the wait can never end.
        """
        time = self.job.crew.time
        if self.job is not time.test:
            self._gate.acquire()
            return not self.expired
        watch = Watch(self)
        while not self._gate.acquire(timeout=GRACE_S):
            watch.look()
        return not self.expired


class VirtualTime:
    """The time of one test: seconds since its start, and everybody who can hold it up."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.now = 0.0
        self.epoch = REAL.time()
        self.crews: dict[int, Crew] = {}
        self.jobs: list[Job] = []
        self.loops: list[object] = []
        self.waits: set[Wait] = set()
        self.problems: list[str] = []
        self.jumps = self.changes = 0
        self.over = False
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
            self.jobs.append(job)
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

    def crew_of(self, owner: object) -> Crew | None:
        """Return the crew of *owner* as long as it has jobs."""
        return self.crews.get(id(owner))

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
            wait.alarm()

    def sleep(self, job: Job, seconds: float) -> None:
        """Let *seconds* of virtual time pass for the thread that works on *job*."""
        wait = Wait(job, self.deadline(seconds))
        self.park(wait)
        try:
            wait.sit_out()
        finally:
            self.end(wait)
        if self.over:
            raise TestIsOver

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

    def report(self, problem: str) -> Stuck:
        """Record *problem*, so that it counts even if its exception is swallowed; return that."""
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


class Watch:
    """Looks at a wait once per grace, and speaks up when it cannot end."""

    def __init__(self, wait: Wait) -> None:
        self.wait = wait
        self.time = wait.job.crew.time
        self.changes = -1
        self.since = REAL.monotonic()

    def look(self) -> None:
        """Raise if nothing has changed since the last look and nothing ever can.

        Raises:
            Stuck: With what everybody waits for.
        """
        from dojo.instruments.stuck import describe

        time = self.time
        with time.lock:
            if time.changes != self.changes:
                self.changes, self.since = time.changes, REAL.monotonic()
                return
            quiet_s = REAL.monotonic() - self.since
            # On the test's own thread: let an inner loop speak first, so that its thread ends too.
            inner = self.wait.job is time.test and any(w.rank for w in time.waits - {self.wait})
            if time.dead and quiet_s >= GRACE_S * (3 if inner else 1) * 0.9:
                what = "Nothing that is being awaited can ever happen"
            elif not time.dead and quiet_s >= PATIENCE_S:
                what = f"A thread is still busy after {quiet_s:.0f} real seconds, so time stands still"
            else:
                return
            raise time.report(f"{what} (at {time.now:g} s):\n{describe(time)}")


# -- who takes part ---------------------------------------------------------------------------


def active() -> VirtualTime | None:
    """Return the clock of the running test; None means real time."""
    return _active


def current_job() -> Job | None:
    """Return the job that this thread works on, if it takes part in virtual time."""
    jobs: list[Job] = getattr(_here, "jobs", [])
    return jobs[-1] if jobs else None


@contextlib.contextmanager
def working_on(job: Job) -> Iterator[None]:
    """Make *job* the current thread's job."""
    jobs: list[Job] = _here.__dict__.setdefault("jobs", [])
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
