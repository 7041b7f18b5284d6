"""Do work in forked children of this process: what it has imported, they need not import again.

A cold interpreter with Django and pytest takes half a second to its first test, a fork a few
milliseconds. Fork copies the calling thread alone, so it is for processes with one thread only.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

from dojo.instruments.simulation import REAL

POLL_S = 0.002
# What a child answers when *work* itself breaks; pytest uses 0 to 5.
BROKEN = 70


def possible() -> bool:
    """Tell whether this process may fork: the system can, and no second thread would be lost."""
    return hasattr(os, "fork") and threading.active_count() == 1


def run_all(
    jobs: Mapping[str, Callable[[], int]], logs: Path, *, at_once: int, timeout_s: float
) -> dict[str, tuple[int | None, float]]:
    """Do each of *jobs* in a child of its own, *at_once* of them side by side.

    Args:
        jobs: Work by name; what it returns is the child's exit code.
        logs: Folder for what the children print, a file ``<name>.txt`` each.
        timeout_s: Real seconds for one child; one that needs longer is killed.

    Returns:
        Exit code and real seconds of each child. The code is negative for the signal that ended
        it, as with `subprocess`, and None if it was killed at its deadline.
    """
    assert possible(), "more than one thread is running"
    waiting, running = list(jobs), dict[int, tuple[str, float]]()
    ended: dict[str, tuple[int | None, float]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                name = waiting.pop(0)
                running[_start(jobs[name], logs / f"{name}.txt")] = name, REAL.monotonic()
            for pid, (name, started) in list(running.items()):
                done, status = os.waitpid(pid, os.WNOHANG)
                seconds = REAL.monotonic() - started
                if done:
                    ended[name] = os.waitstatus_to_exitcode(status), seconds
                elif seconds > timeout_s:
                    _kill(pid)
                    ended[name] = None, seconds
                else:
                    continue
                del running[pid]
            REAL.sleep(POLL_S)
    finally:
        for pid in running:
            _kill(pid)
    return ended


def _start(work: Callable[[], int], log: Path) -> int:
    """Fork, and return the child's process id; the child does *work* and never returns."""
    return os.fork() or _work(work, log)


def _work(work: Callable[[], int], log: Path) -> NoReturn:
    code = BROKEN
    try:
        gc.freeze()  # what the parent has made is no garbage of ours: let no collection look at it
        _redirect(log)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        code = work()
    except BaseException:
        traceback.print_exc()
    finally:
        # Neither the parent's `finally` blocks nor its exit handlers are this process's business.
        os._exit(code)


def _redirect(log: Path) -> None:
    """Read nothing, and print to *log*; both in Python and in the descriptors below it."""
    null = os.open(os.devnull, os.O_RDONLY)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for old, new in ((null, 0), (out, 1), (out, 2)):
        os.dup2(old, new)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", 1, encoding="utf-8", errors="replace", closefd=False)
    sys.stderr = os.fdopen(2, "w", 1, encoding="utf-8", errors="replace", closefd=False)


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
