"""How a thread waits on the clock, and how it notices that its wait can never end."""

from __future__ import annotations

import abc
import math
import threading

from dojo.instruments.patience import Stopwatch
from dojo.instruments.simulation import Job, TestIsOver
from dojo.instruments.stuck import describe

# A waiter looks up once per grace (real seconds). Nothing known can end the wait: only a thread
# that we do not account for (one from before the test) still could, and this is its chance.
GRACE_S = 0.1
# A thread that works for so long without touching the clock is reported. Below the 5 s of
# pytest-timeout, which can only show stacks.
PATIENCE_S = 4.0


class Wait(abc.ABC):
    """One wait of one thread, which ends by `VirtualTime.end` or at *deadline* (virtual)."""

    rank = 0  # of two waits with the same deadline, the lower rank is woken first

    def __init__(self, job: Job, deadline: float = math.inf) -> None:
        self.job = job
        self.deadline = deadline
        self.parked = False
        self.expired = False
        self.ended = False

    @abc.abstractmethod
    def alarm(self) -> None:
        """Wake the thread; called once, under the lock of the clock."""


class ThreadWait(Wait):
    """A thread that blocks: it sleeps, or another thread has to wake it."""

    def __init__(self, job: Job, deadline: float = math.inf) -> None:
        super().__init__(job, deadline)
        self._gate = threading.Lock()
        self._gate.acquire()

    def alarm(self) -> None:
        """Open the gate behind which the thread waits."""
        self._gate.release()

    def sit_out(self) -> bool:
        """Block until the wait ends; false if it ended because its deadline came.

        Raises:
            Stuck: On the test's own thread, when the wait can never end.
        """
        time = self.job.crew.time
        time.park(self)
        try:
            if self.job is not time.test:
                self._gate.acquire()
                return not self.expired
            watch = Watch(self)
            while not self._gate.acquire(timeout=GRACE_S):
                watch.look()
            return not self.expired
        finally:
            time.end(self)


class Watch:
    """Looks at a wait once per grace, and speaks up when it cannot end."""

    def __init__(self, wait: Wait) -> None:
        self.wait = wait
        self.time = wait.job.crew.time
        self.changes = -1
        # Since the last change; most waits end before the first look.
        self.quiet: Stopwatch | None = None

    def look(self) -> None:
        """Raise if nothing has changed since the last look and nothing ever can.

        Raises:
            Stuck: With what everybody waits for.
        """
        time = self.time
        with time.lock:
            if self.quiet is None or time.changes != self.changes:
                self.changes, self.quiet = time.changes, Stopwatch()
                return
            # On the test's own thread: let an inner loop speak first, so that its thread ends too.
            inner = self.wait.job is time.test and any(w.rank for w in time.waits - {self.wait})
            limit_s = GRACE_S * (3 if inner else 1) * 0.9 if time.dead else PATIENCE_S
            if not self.quiet.is_over(limit_s):
                return
            if time.dead:
                what = "Nothing that is being awaited can ever happen"
            else:
                what = f"Time stands still: a thread is busy for {limit_s:.0f} real seconds already"
            raise time.report(f"{what} (at {time.now:g} s):\n{describe(time)}")


def sleep(job: Job, seconds: float) -> None:
    """Let *seconds* of virtual time pass for the thread that works on *job*.

    Raises:
        TestIsOver: The test did not wait for this thread.
    """
    time = job.crew.time
    ThreadWait(job, time.deadline(seconds)).sit_out()
    if time.over:
        raise TestIsOver


def await_crew(job: Job, owner: object, seconds: float = math.inf) -> bool:
    """Make *job* wait until *owner* has no jobs left; false if *seconds* were over first."""
    time = job.crew.time
    wait = ThreadWait(job, time.deadline(seconds))
    with time.lock:
        crew = time.crews.get(id(owner))
        if crew is None or crew is job.crew:
            return True
        crew.waited_for_by.append(wait)
    return wait.sit_out()
