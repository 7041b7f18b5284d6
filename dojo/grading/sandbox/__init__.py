"""The walls around a submission's code: what they are made of here, and how to run inside them.

Level 2 is bubblewrap: namespaces of its own for processes, network and files, another user, a small
disk in memory. Level 1 is what any POSIX system has: resource limits, a session of its own, a
cleared environment, and another user where we are root. Level 0 is none, on systems without these.

Known traps, each measured: root that runs ``bwrap --uid N`` is still root outside, so the user is
changed inside, by `confine`; RLIMIT_NPROC does not bind root; an interpreter below a home folder
can't be read once the user is another, but where bubblewrap binds it below folders of its own.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import tempfile
from pathlib import Path

from dojo.grading.sandbox.running import Ended, Running, go_on, stop
from dojo.grading.sandbox.walls import Errand, Level, Limits, Places, find_bwrap

__all__ = [
    "Ended",
    "Errand",
    "Level",
    "Limits",
    "Places",
    "Running",
    "go_on",
    "probe",
    "run",
    "stop",
]


def probe(ceiling: int = 2) -> Level:
    """Return the highest level, up to *ceiling*, that works here. Tried, not guessed."""
    if ceiling >= 2 and (path := find_bwrap()):
        level = Level(2, "bubblewrap: processes, network, files and user of its own", path)
        if works(level):
            return level
    if ceiling >= 1 and hasattr(os, "fork"):
        user = "another user" if os.geteuid() == 0 else "the same user"
        level = Level(1, f"resource limits, a session of its own, {user}")
        if works(level):
            return level
    return Level(0, "no walls")


@functools.cache
def works(level: Level) -> bool:
    """Tell whether *level* can do here what a run needs: start Python and write a file."""
    trial = "import os, tempfile; os.listdir('.'); tempfile.TemporaryFile()"
    with tempfile.TemporaryDirectory(prefix="dojo-") as folder:
        os.chmod(folder, 0o755)  # noqa: S103
        kit = Path(folder, "kit")
        (kit / "library").mkdir(parents=True)
        errand = Errand(lambda _: [sys.executable, "-I", "-c", trial], kit, kit / "library", kit)
        with contextlib.suppress(OSError):
            return run(level, Limits(seconds=20), errand).code == 0
    return False


def run(level: Level, limits: Limits, errand: Errand) -> Ended:
    """Run *errand* to its end, or to the limit that it breaks."""
    with Running(level, limits, errand) as running:
        running.wait()
    return running.ended
