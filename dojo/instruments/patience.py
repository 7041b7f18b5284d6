"""Real time as a limit, fair on a busy machine: waiting for a processor does not count.

A limit in seconds of the wall clock calls right code hung where twenty processes share a processor.
Linux keeps account of how long each thread was ready to run and had to wait for its turn
(``run_delay``, the second number); that is taken off. A thread that sleeps or waits for another one
is not ready, so a real hang is found as soon as ever. On other systems nothing is taken off.
https://docs.kernel.org/scheduler/sched-stats.html
"""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Iterator

from dojo.instruments.simulation import REAL

_TASKS = "/proc/self/task"
# However busy the machine is, the wall clock has the last word: so many times the limit.
MOST = 12
# Seconds that the account may be old which a limit begins with; it is longer by no more than that.
FRESH_S = 0.05


class Stopwatch:
    """Seconds since it was made, without those spent in the queue for a processor."""

    def __init__(self) -> None:
        self._started: float = REAL.monotonic()
        self._queued = _account(self._started)

    def seconds(self, limit_s: float) -> float:
        """Return the seconds that count towards a limit of *limit_s*.

        What is taken off is the time of the thread that has stood in the queue for longest: two may
        stand there side by side. The rest is never less than the wall clock's divided by `MOST`.
        """
        wall_s: float = REAL.monotonic() - self._started
        # Nothing to read up to there: most limits are never reached.
        if wall_s < limit_s:
            return wall_s
        queued_s = max((now - self._queued.get(task, 0.0) for task, now in _queued()), default=0.0)
        return max(wall_s - queued_s, wall_s / MOST)

    def is_over(self, limit_s: float) -> bool:
        """Say whether *limit_s* has been used up."""
        return self.seconds(limit_s) >= limit_s


# When the account was last read, and what it said.
_last: tuple[float, dict[str, float]] = (-math.inf, {})


def _account(now: float) -> dict[str, float]:
    """Return what `_queued` yields, or has yielded a moment ago: a test asks several times."""
    global _last
    if now - _last[0] > FRESH_S:
        _last = now, dict(_queued())
    return _last[1]


def _queued() -> Iterator[tuple[str, float]]:
    """Yield each thread of this process with the seconds that it has waited for a processor."""
    # No folder, where this is not Linux; a thread may end at any moment.
    with contextlib.suppress(OSError):
        # No pathlib: the guard of the loop knows us by the frame that opens a file.
        for task in os.listdir(_TASKS):
            with (
                contextlib.suppress(OSError, ValueError, IndexError),
                open(f"{_TASKS}/{task}/schedstat", "rb", buffering=0) as account,
            ):
                yield task, int(account.read().split()[1]) / 1e9
