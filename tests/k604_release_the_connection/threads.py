"""Threads that wait: what a view costs that lets a thread stand for it."""

import sys
import threading
from collections.abc import Iterator
from types import FrameType

from dojo.instruments import learner, threads
from dojo.instruments.patience import Stopwatch
from dojo.instruments.simulation import REAL

# Real seconds for a thread that has told its result, and is about to return.
_PATIENCE_S = 0.2


def that_wait() -> list[str]:
    """Return the threads, other than the loop's, that stand in the view or in a job for it."""
    watch = Stopwatch()
    while (found := list(_found())) and not watch.is_over(_PATIENCE_S):
        REAL.sleep(0.001)
    return found


def _found() -> Iterator[str]:
    frames = sys._current_frames()
    for thread in threading.enumerate():
        frame = frames.get(thread.ident or -1)
        if thread is threading.current_thread() or frame is None:
            continue
        own = learner.nearest_learner_frame(frame)
        # A pool's thread has a frame of the instruments' for as long as it is at a job.
        if own is not None or _is_below(frame, threads.__name__):
            spot = threads.sent_from(thread.ident) if own is None else learner.spot(own)
            yield f"thread {thread.name} stands" + (f" at {spot}" if spot else " in a job")


def _is_below(frame: FrameType | None, module: str) -> bool:
    while frame is not None and frame.f_globals.get("__name__") != module:
        frame = frame.f_back
    return frame is not None
