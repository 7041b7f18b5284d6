"""Long stretches of CPU on the event loop between two awaits: a warning, never a failure.

Counted in CPU time of the loop's own thread, so a busy machine changes nothing, and only while code
that may be accused is running (``sys.monitoring``, so from Python 3.12 on; other code costs
nothing). A slow processor still takes longer than a fast one: hence no failure.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from dojo.instruments import learner, loop_guard

LIMIT_S = 0.1

# pytest-cov takes 1 and debuggers 0 (sys.monitoring.COVERAGE_ID, DEBUGGER_ID); 4 is free.
TOOL = 4

# Before the clock patches it: this is not a function of the clock's, but might become one.
_cpu_s = time.thread_time

_WATCH: pytest.StashKey[Watch] = pytest.StashKey()


class Stretches(threading.local):
    """How deep this thread is in learner code, and since when."""

    depth = 0
    since_s = 0.0


class Watch:
    """Notes every stretch above the limit, while it is installed."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.stretches = Stretches()
        self.accused: tuple[Path, ...] = ()

    def enter(self, code: CodeType, *_: Any) -> Any:
        """Start a stretch when learner code starts, or goes on after an await."""
        if not learner.is_learner(code.co_filename):
            return sys.monitoring.DISABLE
        self.throw(code)
        return None

    def throw(self, code: CodeType, *_: Any) -> None:
        """Do the same for code that goes on with an exception; that event cannot be disabled."""
        if not learner.is_learner(code.co_filename):
            return
        if not self.stretches.depth:
            self.stretches.since_s = _cpu_s()
        self.stretches.depth += 1

    def leave(self, code: CodeType, *_: Any) -> Any:
        """End the stretch when the outermost learner code awaits or returns."""
        if not learner.is_learner(code.co_filename):
            return sys.monitoring.DISABLE
        self.unwind(code)
        return None

    def unwind(self, code: CodeType, *_: Any) -> None:
        """End the stretch when an exception ends the outermost learner code."""
        if not self.stretches.depth or not learner.is_learner(code.co_filename):
            return
        self.stretches.depth -= 1
        used_s = _cpu_s() - self.stretches.since_s
        if not self.stretches.depth and used_s >= LIMIT_S and loop_guard.watching():
            where = f"{learner.shown(code.co_filename)}:{code.co_firstlineno}"
            self.found.append(
                f"{used_s * 1000:.0f} ms of CPU on the event loop without an await, "
                f"in {code.co_qualname} ({where})"
            )

    def events(self) -> dict[int, Callable[..., Any]]:
        """Return what to call at which event of `sys.monitoring`."""
        events = sys.monitoring.events
        return {
            events.PY_START: self.enter,
            events.PY_RESUME: self.enter,
            events.PY_THROW: self.throw,
            events.PY_YIELD: self.leave,
            events.PY_RETURN: self.leave,
            events.PY_UNWIND: self.unwind,
        }

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Watch, with what `sys.monitoring` calls disabled wherever nobody may be accused."""
        monitoring, events = sys.monitoring, self.events()
        monitoring.use_tool_id(TOOL, "cpu_stretch")
        for event, callback in events.items():
            monitoring.register_callback(TOOL, event, callback)
        monitoring.set_events(TOOL, sum(events))
        try:
            yield
        finally:
            monitoring.set_events(TOOL, 0)
            for event in events:
                monitoring.register_callback(TOOL, event, None)
            monitoring.free_tool_id(TOOL)

    def begin(self) -> None:
        """Forget what was before this test."""
        self.found.clear()
        self.stretches = Stretches()
        if self.accused != (accused := learner.accused()):
            self.accused = accused
            sys.monitoring.restart_events()


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Watch all tests: for each one anew, all code that it runs would be instrumented anew."""
    monitoring = getattr(sys, "monitoring", None)
    if monitoring is None or monitoring.get_tool(TOOL) is not None:
        return (yield)
    watch = session.config.stash[_WATCH] = Watch()
    with watch.installed():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Put what is found in a test into its report and its ``user_properties``."""
    watch = item.config.stash.get(_WATCH, None)
    if watch is None:
        return (yield)
    watch.begin()
    try:
        return (yield)
    finally:
        for fact in watch.found:
            item.user_properties.append(("cpu_on_loop", fact))
            item.add_report_section("call", "CPU on the event loop", fact)
