"""Real time as a limit, fair on a busy machine: waiting for a processor does not count.

A limit in seconds of the wall clock calls right code hung where twenty processes share a processor.
Linux keeps account of how long each thread was ready to run and had to wait for its turn
(``run_delay``, the second number); that is taken off. A thread that sleeps or waits for another one
is not ready, so a real hang is found as soon as ever. Nor is one that waits for a database, whose
process may stand in the queue meanwhile: its account counts, too, if it is named in `servers`. On
other systems nothing is taken off.
https://docs.kernel.org/scheduler/sched-stats.html
"""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Iterable, Iterator

from dojo.instruments.simulation import REAL

# Numbers of processes that work for this one, themselves or by their children.
servers: set[int] = set()
# Seconds that each of several threads or processes has stood in the queue.
Account = dict[str, float]
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
        stand there side by side. So it is among the servers' processes, which we wait for in turn.
        The rest is never less than the wall clock's divided by `MOST`.
        """
        wall_s: float = REAL.monotonic() - self._started
        # Nothing to read up to there: most limits are never reached.
        if wall_s < limit_s:
            return wall_s
        queued_s = sum(map(_longest, self._queued, _queued()))
        return max(wall_s - queued_s, wall_s / MOST)

    def is_over(self, limit_s: float) -> bool:
        """Say whether *limit_s* has been used up."""
        return self.seconds(limit_s) >= limit_s


# When the account was last read, and what it said.
_last: tuple[float, list[Account]] = (-math.inf, [])


def _account(now: float) -> list[Account]:
    """Return what `_queued` returns, or has returned a moment ago: a test asks several times."""
    global _last
    if now - _last[0] > FRESH_S:
        _last = now, _queued()
    return _last[1]


def _longest(before: Account, now: Account) -> float:
    """Return the longest time that one of those in *now* has stood in the queue since."""
    return max((seconds - before.get(task, 0.0) for task, seconds in now.items()), default=0.0)


def _queued() -> list[Account]:
    """Return the account of this process, and that of its servers."""
    own = (f"/proc/self/task/{task}" for task in _threads())
    others = (f"/proc/{pid}" for server in servers for pid in (server, *_children(server)))
    return [dict(_read(own)), dict(_read(others))]


def _threads() -> list[str]:
    with contextlib.suppress(OSError):  # this is not Linux
        return os.listdir("/proc/self/task")
    return []


def _children(pid: int) -> list[str]:
    with (
        contextlib.suppress(OSError),
        open(f"/proc/{pid}/task/{pid}/children", "rb", buffering=0) as children,
    ):
        return children.read().decode().split()
    return []


def _read(folders: Iterable[str]) -> Iterator[tuple[str, float]]:
    """Yield each of *folders* with the seconds that it says were waited for a processor."""
    for folder in folders:
        # A thread or a process may end at any moment.
        with (
            contextlib.suppress(OSError, ValueError, IndexError),
            # No pathlib: the guard of the loop knows us by the frame that opens a file.
            open(f"{folder}/schedstat", "rb", buffering=0) as account,
        ):
            yield folder, int(account.read().split()[1]) / 1e9
