"""Whether a run stands still: all of its threads sleep, and have computed next to nothing.

Linux tells, of each thread: whether it sleeps (state S), or runs, waits for a processor (R) or for
a disk (D); and for how long it has computed. So on a busy machine nothing stands still that has
something to do. Where it can't be told, nothing does. What has left the run's tree of processes,
which bubblewrap lets nobody, is not seen: whoever rests anything on it has to bear that.
https://docs.kernel.org/scheduler/sched-stats.html
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from dojo.grading.sandbox.running import Running

PROC = "/proc"
# Part of the time for which all threads together may compute. Those of a server, which wakes up ten
# times a second to see whether it is to end, take 0.002 of it.
IDLE = 0.01


class Stillness:
    """Looks at a run, again and again; the run's processes are those that it found itself last."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.seen: dict[str, int] | None = None
        self.at = time.monotonic()

    def look(self) -> bool:
        """Tell whether the run has stood still since the last look, as far as it can be told."""
        seen, at = asleep(process.pid for process in self.running.processes), time.monotonic()
        before, since = self.seen, self.at
        self.seen, self.at = seen, at
        if before is None or seen is None or before.keys() != seen.keys():
            return False
        return sum(seen.values()) - sum(before.values()) <= IDLE * (at - since) * 1e9


def asleep(pids: Iterable[int]) -> dict[str, int] | None:
    """Return the nanoseconds that each thread has computed; None unless all are seen to sleep."""
    found: dict[str, int] = {}
    try:
        for pid in pids:
            for thread in Path(PROC, str(pid), "task").iterdir():
                state = (thread / "stat").read_bytes().rpartition(b")")[2].split()[0]
                computed = int((thread / "schedstat").read_bytes().split()[0])
                # A kernel that keeps no account says 0.
                if state != b"S" or not computed:
                    return None
                found[str(thread)] = computed
    except (OSError, ValueError, IndexError):  # no Linux; or one has just ended
        return None
    return found or None
