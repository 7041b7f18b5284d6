"""A test that hangs fails as ``timeout:``, with what each task and thread was doing.

pytest-timeout keeps the limit (option, ini, marker) and the debugger's truce; this module sets the
timer in its stead (hook ``pytest_timeout_set_timer``), because its own raises once, and one
exception is lost in a task that nobody awaits and in any bare `except`. Here the alarm repeats, and
a solution that swallows it is traced until it falls out of its loop.
Where there is no SIGALRM (Windows), pytest-timeout's own thread method stays in charge.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import FrameType
from typing import Any

import pytest
import pytest_timeout  # type: ignore[import-untyped]

from dojo.instruments import findings, learner, tasks, threads
from dojo.instruments.patience import Stopwatch

HAS_ALARM = hasattr(signal, "setitimer")
REPEAT_S = 0.25

# After so many alarms a bare `except` is at work; after so many more nothing will end it.
TRACE_AFTER = 3
GIVE_UP_AFTER = 24


class Hang(findings.Last, pytest.fail.Exception):  # type: ignore[name-defined, misc]
    """A test ran into its time limit; the message starts with ``timeout:``."""

    def __init__(self, message: str) -> None:
        super().__init__(msg=message, pytrace=False)


class Alarm:
    """The timer of the test that is running, in the main thread."""

    def __init__(self, item: pytest.Item, settings: pytest_timeout.Settings) -> None:
        self.item = item
        self.limit_s = float(settings.timeout)
        self.truce = not settings.disable_debugger_detection
        self.phase = ""
        self.alarms = 0
        self.hang: Hang | None = None
        # What an earlier test has left hanging is not this one's.
        self.older: set[object] = {*threading.enumerate(), *tasks.pending()}
        self.older.discard(threading.main_thread())

    @contextmanager
    def during(self, phase: str) -> Iterator[None]:
        """Give one phase of the test its own count, so that a hung call still gets a teardown.

        Raises:
            Hang: When the phase ran out of time, even if somebody swallowed that.
        """
        self.phase, self.alarms, self.hang = phase, 0, None
        tracer = sys.gettrace()
        _ringing.append(self)
        self.watch = Stopwatch()
        handler = signal.signal(signal.SIGALRM, self.ring)
        # A teardown has many steps, and each of them its own right to be tried.
        repeat_s = self.limit_s if phase == "teardown" else REPEAT_S
        signal.setitimer(signal.ITIMER_REAL, self.limit_s, repeat_s)
        try:
            yield
        except BaseException as error:
            if self.hang is None or error is self.hang:
                raise
            raise self.hang from error
        finally:
            self.phase = ""
            _ringing.remove(self)
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, handler)
            if self.alarms > TRACE_AFTER:
                sys.settrace(tracer)
        if self.hang is not None:
            raise self.hang

    def ring(self, signum: int, frame: FrameType | None) -> None:
        """Raise in whatever code the main thread is running, unless somebody debugs it.

        Raises:
            Hang: At every alarm, always the same one.
        """
        if not self.phase or (self.truce and not self.alarms and pytest_timeout.is_debugging()):
            return
        if not self.alarms and not self.watch.is_over(self.limit_s):
            return  # the machine is busy: ask again at the next alarm
        self.alarms += 1
        if self.hang is None:
            self.hang = Hang(self.describe())
        if self.alarms > GIVE_UP_AFTER:
            _give_up(self.item, self.hang)
        if self.alarms > TRACE_AFTER and frame is not None:
            _raise_at_next_line(frame, self.hang)
        raise self.hang

    def describe(self) -> str:
        """Say what hangs: every task that is pending, then every thread in learner code."""
        where = "" if self.phase == "call" else f" ({self.phase})"
        lines = [f"timeout: {self.item.name} did not end within {self.limit_s:g} s{where}"]
        pending = [task for task in tasks.pending() if task not in self.older]
        lines += [f"task {tasks.describe(task)}" for task in pending]
        younger = [thread for thread in threading.enumerate() if thread not in self.older]
        lines += [line for thread in younger if (line := _describe_thread(thread))]
        return "\n  ".join(lines)


_ALARM = pytest.StashKey[Alarm]()


# Of the test that is running; a test may run another pytest inside its own.
_ringing: list[Alarm] = []


def armed() -> bool:
    """Say whether a test is running under a time limit."""
    return bool(_ringing)


def limits() -> bool:
    """Say whether :func:`limited` has an effect in this thread."""
    return HAS_ALARM and threading.current_thread() is threading.main_thread()


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise Hang in the main thread if the block takes longer, then go on with the old timer.

    Elsewhere than in the main thread, and where there is no SIGALRM, there is no limit.
    """
    if not limits():
        yield
        return

    def ring(signum: int, frame: FrameType | None) -> None:
        raise Hang(f"timeout: not over within {seconds:g} s")

    handler = signal.signal(signal.SIGALRM, ring)
    left_s, repeat_s = signal.setitimer(signal.ITIMER_REAL, seconds, REPEAT_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, left_s, repeat_s)


@pytest.hookimpl(tryfirst=True, optionalhook=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: pytest_timeout.Settings) -> bool | None:
    """Take over from pytest-timeout where there is a SIGALRM."""
    if not limits() or settings.method != "signal":
        return None
    item.stash[_ALARM] = Alarm(item, settings)
    return True


@pytest.hookimpl(tryfirst=True, optionalhook=True)
def pytest_timeout_cancel_timer(item: pytest.Item) -> bool | None:
    """Leave the timer to the phases: pytest-timeout cancels on failure, before the teardown."""
    return True if _ALARM in item.stash else None


def _in_phase(item: pytest.Item, phase: str) -> AbstractContextManager[None]:
    alarm = item.stash.get(_ALARM, None)
    return nullcontext() if alarm is None else alarm.during(phase)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """Limit the set-up."""
    with _in_phase(item, "setup"):
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Limit the test itself, and cancel what a hung one has running in other threads' loops."""
    try:
        with _in_phase(item, "call"):
            return (yield)
    except Hang:
        for task in tasks.pending():
            if (loop := task.get_loop()).is_running():
                loop.call_soon_threadsafe(task.cancel)
        raise


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, object, object]:
    """Limit the teardown; if one step of it hangs, do the rest, or the next test would pay."""
    try:
        with _in_phase(item, "teardown"):
            return (yield)
    except Hang:
        with contextlib.suppress(Exception, Hang), _in_phase(item, "teardown"):
            item.session._setupstate.teardown_exact(nextitem)
        raise


def _describe_thread(thread: threading.Thread) -> str:
    frame = sys._current_frames().get(thread.ident or -1)
    if accused := learner.nearest_learner_frame(frame):
        return f"thread {thread.name}: at {learner.spot(accused)}"
    if frame is not None and (sender := threads.sent_from(thread.ident)):
        return f"thread {thread.name}: in {frame.f_code.co_qualname}, sent there at {sender}"
    return ""


def _raise_at_next_line(frame: FrameType, hang: Hang) -> None:
    """Raise *hang* at the next line of each running function, so inside its `except` too."""

    def trace(frame: FrameType, event: str, arg: object) -> Any:
        # The event of the exception itself comes before the line of its `except`.
        if event == "line":
            raise hang
        return trace

    walker: FrameType | None = frame
    while walker is not None:
        if learner.is_learner(walker.f_code.co_filename):
            walker.f_trace = trace
        walker = walker.f_back
    # A local trace function is only called while there is a global one.
    sys.settrace(lambda frame, event, arg: None)


def _give_up(item: pytest.Item, hang: Hang) -> None:
    capture = item.config.pluginmanager.getplugin("capturemanager")
    if capture is not None:
        capture.stop_global_capturing()
    sys.stderr.write(f"\n{item.nodeid}\n{hang}\nIt swallows every exception: leaving.\n")
    sys.stderr.flush()
    os._exit(pytest.ExitCode.TESTS_FAILED)
