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
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NoReturn

from dojo.instruments import patience
from dojo.instruments.patience import Stopwatch
from dojo.instruments.simulation import REAL

POLL_S = 0.002
# What a child answers when *work* itself breaks; pytest uses 0 to 5.
BROKEN = 70


def possible() -> bool:
    """Tell whether this process may fork: the system can, and no second thread would be lost."""
    return hasattr(os, "fork") and threading.active_count() == 1


def run_all(
    jobs: Mapping[str, Callable[[], int]], logs: Path, *, at_once: int, timeout_s: float
) -> dict[str, int | None]:
    """Do each of *jobs* in a child of its own, *at_once* of them side by side.

    Args:
        jobs: Work by name; what it returns is the child's exit code.
        logs: Folder for what the children print, a file ``<name>.txt`` each.
        timeout_s: Real seconds for one child, as `patience` counts them: without those in which it
            or a child of its own waits for a processor. One that needs longer is killed.

    Returns:
        Exit code of each child: negative for the signal that ended it, as with `subprocess`, and
        None if it was killed at its deadline.
    """
    assert possible(), f"threads would be lost: {threading.enumerate()}"
    waiting, running = list(jobs), dict[int, tuple[str, Stopwatch]]()
    ended: dict[str, int | None] = {}
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                name, watch = waiting.pop(0), Stopwatch()
                pid = os.fork() or _work(jobs[name], logs / f"{name}.txt", siblings=running)
                patience.servers.add(pid)
                running[pid] = name, watch
            REAL.sleep(POLL_S)
            for pid, (name, watch) in list(running.items()):
                done, status = os.waitpid(pid, os.WNOHANG)
                if done:
                    ended[name] = os.waitstatus_to_exitcode(status)
                elif watch.is_over(timeout_s):
                    _kill(pid)
                    ended[name] = None
                else:
                    continue
                patience.servers.discard(pid)
                del running[pid]
    finally:
        patience.servers.difference_update(running)
        for pid in running:
            _kill(pid)
    return ended


def _work(work: Callable[[], int], log: Path, *, siblings: Iterable[int]) -> NoReturn:
    """Be the child: do *work*, and never return."""
    code = BROKEN
    try:
        patience.servers.difference_update(siblings)  # it does not wait for those
        gc.freeze()  # what the parent has made is no garbage of ours: let no collection look at it
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        _redirect(log)
        code = _with_room(work)
    except BaseException:
        traceback.print_exc()
    finally:
        # Neither the parent's `finally` blocks nor its exit handlers are this process's business.
        os._exit(code)


def _with_room(work: Callable[[], int]) -> int:
    return work()


# Frames lie in chunks of 16 KB, and CPython returns a chunk to the system as soon as it is empty. A
# child runs deep below its parent's frames; a loop that happens to sit at the edge of a chunk then
# takes and returns memory at every call, for half of the child's time. A function that claims a
# large frame gets a large chunk, and what it calls finds room in the rest of it.
# https://github.com/python/cpython/issues/142183
_with_room.__code__ = _with_room.__code__.replace(co_stacksize=33_000)


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
