"""Blocking calls on the event loop's thread: raised where they happen, and recorded.

Recorded as well as raised, because ``except Exception`` in the code under test would swallow the
error. Two ways to see them: patches on what waits for another thread or reads a socket (here), and
the interpreter's own audit events (``loop_audit``). `time.sleep` is the clock's to patch.

blockbuster was tried: it does not see a ``sleep`` bound by an earlier from-import, ``os.system`` or
what an ``except`` swallows, and it accuses Django's translations. asyncio's debug mode and a
watchdog thread go by the wall clock, and accuse half of the harmless programs on a busy machine.
Not seen here: ``Lock.acquire`` and ``SimpleQueue.get``, which wait in C; what never ends is a hang.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any

from dojo.instruments import findings, learner, threads
from dojo.instruments.patience import Stopwatch
from dojo.instruments.simulation import REAL

# A thread that has done its work needs a moment to end, which joining it may wait for: real
# seconds, and only spent on a thread that goes on in its author's own code.
ENDING_S = 0.05


class BlockedLoop(Exception):  # noqa: N818 - what happened, as in pytest's own `Failed`
    """Learner code made a blocking call on the thread of a running event loop."""


def blocked(what: str, frame: FrameType | None) -> None:
    """Record and raise, if a loop runs on this thread and learner code is on the stack.

    Args:
        what: The call, as its author would write it: ``time.sleep(0.2)``.
        frame: Where to start looking for the learner's line, outwards; None looks nowhere.

    Raises:
        BlockedLoop: With what was called, and where.
    """
    if not watching():
        return
    accused = learner.nearest_learner_frame(frame)
    if accused is None:
        return
    finding = findings.Finding(f"{what} blocks the event loop", learner.spot(accused))
    findings.record(finding)
    raise BlockedLoop(str(finding))


def watching() -> bool:
    """Say whether this thread runs an event loop, and a test."""
    return asyncio._get_running_loop() is not None and findings.recording()


def called(frame: FrameType, accused: FrameType, plain: str) -> str:
    """Name what *accused* called, to get to *frame*: ``queue.Queue.get()``; else *plain*."""
    outermost = None
    walker: FrameType | None = frame
    while walker is not None and walker is not accused:
        outermost, walker = walker, walker.f_back
    if outermost is None:
        return plain
    # The parts that users import from: `concurrent.futures`, not `concurrent.futures._base`.
    module = outermost.f_globals.get("__name__", "").split(".")
    public = [part for part in module if not part.startswith("_")]
    return ".".join([*public, outermost.f_code.co_qualname]) + "()"


def _refuse_direct_call(frame: FrameType, plain: str) -> None:
    """Accuse learner code that called the standard library, and got from there to *frame*."""
    if accused := learner.direct_learner_caller(frame):
        blocked(called(frame, accused, plain), accused)


def _guard_wait(wait: Callable[..., bool]) -> Callable[..., bool]:
    def guarded(self: threading.Condition, timeout: float | None = None) -> bool:
        if watching() and (timeout is None or timeout > 0):
            frame = sys._getframe(1)
            if not _is_starting_thread(frame):
                _refuse_direct_call(frame, "threading.Condition.wait()")
        return wait(self, timeout)

    return guarded


def _is_starting_thread(frame: FrameType | None) -> bool:
    # `Thread.start` waits until the new thread runs, with an Event.
    starts = {"Event.wait", "Thread.start"}
    while frame is not None and frame.f_globals.get("__name__") == "threading":
        starts.discard(frame.f_code.co_qualname)
        frame = frame.f_back
    return not starts


def _guard_join(join: Callable[..., None]) -> Callable[..., None]:
    def guarded(self: threading.Thread, timeout: float | None = None) -> None:
        if watching() and (timeout is None or timeout > 0):
            frame = sys._getframe(1)
            if learner.direct_learner_caller(frame) and not _ends_by_itself(self):
                _refuse_direct_call(frame, "threading.Thread.join()")
        join(self, timeout)

    return guarded


def _ends_by_itself(thread: threading.Thread) -> bool:
    watch = Stopwatch()
    while thread.is_alive():
        if threads.is_deep_in_work(thread) or watch.is_over(ENDING_S):
            return False
        REAL.sleep(0.0005)
    return True


def _guard_shutdown(shutdown: Callable[..., None]) -> Callable[..., None]:
    def guarded(
        self: ThreadPoolExecutor, wait: bool = True, *, cancel_futures: bool = False
    ) -> None:
        if wait and watching() and threads.unfinished(self):
            _refuse_direct_call(sys._getframe(1), "ThreadPoolExecutor.shutdown(wait=True)")
        shutdown(self, wait, cancel_futures=cancel_futures)

    return guarded


def _guard_socket(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, *args: Any, **kwargs: Any) -> Any:
        # With a time-out of 0 it returns at once; that is how asyncio uses sockets.
        if watching() and self.gettimeout() != 0:
            blocked(f"socket.{name}()", sys._getframe(1))
        return method(self, *args, **kwargs)

    return guarded


def _install() -> None:
    for owner, name, guard in (
        (threading.Condition, "wait", _guard_wait),
        (threading.Thread, "join", _guard_join),
        (ThreadPoolExecutor, "shutdown", _guard_shutdown),
    ):
        method = guard(getattr(owner, name))
        method.__qualname__ = f"{owner.__name__}.{name}"
        setattr(owner, name, method)
    for name in ("accept", "recv", "recv_into", "recvfrom", "recvfrom_into", "sendall"):
        setattr(socket.socket, name, _guard_socket(name, getattr(socket.socket, name)))


_install()
