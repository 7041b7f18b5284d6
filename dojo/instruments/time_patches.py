"""`time.*` and new event loops on the clock of the running test; without one all of it is real.

Install before anything that is to be judged is imported: then ``from time import perf_counter``
finds the patch, too.
"""

from __future__ import annotations

import asyncio
import queue
import sys
import threading
import time
from asyncio import base_events, events
from collections.abc import Callable
from typing import Any

from dojo.instruments import learner, thread_patches, waits
from dojo.instruments.simulation import REAL, Instant, active, current_job
from dojo.instruments.virtual_loop import VirtualLoop

_new_event_loop = events.new_event_loop


class _Patched:
    """A function that, like the built-in it replaces, is not bound when a class holds it."""

    def __init__(self, name: str) -> None:
        self.__name__ = self.__qualname__ = name
        self.__doc__ = getattr(REAL, name).__doc__

    def __repr__(self) -> str:
        return f"<virtual time.{self.__name__}>"


class _Now(_Patched):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._real: Callable[[], float] = getattr(REAL, name)
        self._since_epoch = name.startswith("time")
        self._nanoseconds = name.endswith("_ns")

    def __call__(self) -> float:
        clock = active()
        if clock is None:
            return self._real()
        if not self._nanoseconds:
            return Instant(clock.now, clock.epoch if self._since_epoch else 0.0)
        now = round(clock.now * 1e9)
        return now + (round(clock.epoch * 1e9) if self._since_epoch else 0)


class _Sleep(_Patched):
    def __call__(self, secs: float, /) -> None:
        __tracebackhide__ = True
        caller = sys._getframe(1)
        if events._get_running_loop() is not None:
            from dojo.instruments.loop_guard import blocked

            blocked(f"time.sleep({secs!r})", caller)
        clock, job = active(), current_job()
        if clock is None or secs <= 0:
            REAL.sleep(secs)
            return
        if job is not None:
            waits.sleep(job, secs)
            return
        if frame := learner.direct_learner_caller(caller):
            clock.report(
                f"time.sleep({secs!r}) in a thread that was there before the test, where time is "
                "real. Start the thread in the test, or mark the test with @pytest.mark.realtime."
                f"\n  at {learner.spot(frame)}"
            )
        REAL.sleep(secs)


def new_event_loop() -> asyncio.AbstractEventLoop:
    """Return a loop on the clock of the running test, or an ordinary one."""
    clock = active()
    return _new_event_loop() if clock is None else VirtualLoop(clock)


def _loop_time(self: asyncio.AbstractEventLoop) -> float:
    # Another kind of loop waits in real time, so it must not look at ours.
    now: float = REAL.monotonic()
    return now


_NOW = {name: _Now(name) for name in vars(REAL) if name != "sleep"}

PATCHES: list[tuple[object, str, Any]] = [
    (time, "sleep", _Sleep("sleep")),
    *((time, name, patched) for name, patched in _NOW.items()),
    # Two modules that have bound the real clock already, and compare it with virtual time-outs.
    (threading, "_time", _NOW["monotonic"]),
    (queue, "time", _NOW["monotonic"]),
    (base_events.BaseEventLoop, "time", _loop_time),
    (events, "new_event_loop", new_event_loop),
    (asyncio, "new_event_loop", new_event_loop),
    *thread_patches.PATCHES,
]

_originals: list[tuple[object, str, Any]] = []


def install() -> None:
    """Apply all patches; again does nothing."""
    if not _originals:
        for owner, name, patched in PATCHES:
            _originals.append((owner, name, getattr(owner, name)))
            setattr(owner, name, patched)


def uninstall() -> None:
    """Take all patches back."""
    while _originals:
        setattr(*_originals.pop())
