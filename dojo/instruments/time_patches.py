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

    def __init__(self, real: Callable[..., Any]) -> None:
        self._real = real
        self.__name__ = self.__qualname__ = real.__name__
        self.__doc__ = real.__doc__

    def __repr__(self) -> str:
        return f"<virtual time.{self.__name__}>"


class _Now(_Patched):
    def __init__(self, real: Callable[[], float]) -> None:
        super().__init__(real)
        self._since_epoch = real.__name__.startswith("time")
        self._nanoseconds = real.__name__.endswith("_ns")

    def __call__(self) -> float:
        clock = active()
        if clock is None:
            real: float = self._real()
            return real
        if not self._nanoseconds:
            return Instant(clock.now, clock.epoch if self._since_epoch else 0.0)
        now = round(clock.now * 1e9)
        return now + (round(clock.epoch * 1e9) if self._since_epoch else 0)


class _ClockGettime(_Patched):
    """The clocks of the operating system that tell the time of day, or how much has passed."""

    def __init__(self, real: Callable[[int], float]) -> None:
        super().__init__(real)
        suffix = "_ns" if real.__name__.endswith("_ns") else ""
        self._virtual = {
            getattr(time, clock): _NOW[name + suffix]
            for clock, name in _CLOCKS.items()
            if hasattr(time, clock)
        }

    def __call__(self, clk_id: int, /) -> float:
        now: float = self._virtual[clk_id]() if clk_id in self._virtual else self._real(clk_id)
        return now


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


_NOW = {name: _Now(real) for name, real in vars(REAL).items() if name != "sleep"}

# Which of them is which. Those that are not here count what a processor does: that is real.
_CLOCKS = {
    "CLOCK_REALTIME": "time",
    "CLOCK_MONOTONIC": "monotonic",
    "CLOCK_MONOTONIC_RAW": "monotonic",
    "CLOCK_BOOTTIME": "monotonic",
}

PATCHES: list[tuple[object, str, Any]] = [
    (time, "sleep", _Sleep(REAL.sleep)),
    *((time, name, patched) for name, patched in _NOW.items()),
    *(
        (time, name, _ClockGettime(getattr(time, name)))
        for name in ("clock_gettime", "clock_gettime_ns")
        if hasattr(time, name)  # not on Windows
    ),
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
