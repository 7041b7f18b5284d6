"""Tasks left running and coroutines never awaited: both fail the test that made them.

An event loop cancels leftover tasks without a word when it is closed, and a coroutine that nobody
awaited is a warning at a moment of the garbage collector's choice. Here both are judged when the
test's body is over, with the line that made them.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import linecache
import sys
import warnings
from collections.abc import Callable, Coroutine, Generator
from typing import Any
from weakref import WeakKeyDictionary

import pytest
import pytest_asyncio

from dojo.instruments import findings, learner

AnyTask = asyncio.Task[Any]

# What has been cancelled or is about to end needs a few turns of the loop to do so. Turns are
# counted, not timed: a busy machine changes nothing.
TURNS = 50

# Deep enough to reach learner code from inside a library that it called.
ORIGIN_DEPTH = 12

_started: WeakKeyDictionary[AnyTask, learner.Spot | None] = WeakKeyDictionary()
# The same of the present test's tasks, by id: weak references are cleared before a task is dropped.
_of_this_test: dict[int, learner.Spot | None] = {}
_create_task = asyncio.base_events.BaseEventLoop.create_task
_call_exception_handler = asyncio.base_events.BaseEventLoop.call_exception_handler


@functools.wraps(_create_task)
def _noting_create_task(self: Any, *args: Any, **kwargs: Any) -> Any:
    task = _create_task(self, *args, **kwargs)
    frame = learner.nearest_learner_frame(sys._getframe(1))
    _started[task] = None if frame is None else learner.spot(frame)
    _of_this_test[id(task)] = _started[task]
    return task


@functools.wraps(_call_exception_handler)
def _noting_dropped(self: Any, context: dict[str, Any]) -> None:
    """Record a task that is dropped before it has ended, as asyncio says.

    The loop holds its tasks weakly. Whether the garbage collector comes before the end of the test,
    where those left running are found, must not decide the verdict.
    """
    task = context.get("task")
    dropped = context.get("message", "").startswith("Task was destroyed but")
    if task is not None and dropped and id(task) in _of_this_test:
        facts = [describe(task)]
        if (started := _of_this_test.pop(id(task))) and not started_at(task):
            facts.append(f"started at {started}")
        facts.append("Nobody held it, so the garbage collector dropped it before it had ended.")
        fact = "task left running: " + "\n    ".join(facts)
        findings.record(findings.Finding(fact, cause=False))
    _call_exception_handler(self, context)


_Loop = asyncio.base_events.BaseEventLoop
_Loop.create_task = _noting_create_task  # type: ignore[method-assign]
_Loop.call_exception_handler = _noting_dropped  # type: ignore[method-assign]


def pending() -> list[AnyTask]:
    """Return the tasks of all loops in all threads that are not done, oldest first."""
    return [task for task in list(_started) if not task.done()]


def started_at(task: AnyTask) -> learner.Spot | None:
    """Return the learner's line that started *task*, if there is one on record."""
    return _started.get(task)


def current_started_at() -> learner.Spot | None:
    """Return the learner's line that started the task which is running here, if any."""
    try:
        task = asyncio.current_task()
    except RuntimeError:
        return None
    return None if task is None else started_at(task)


def waits_at(task: AnyTask) -> learner.Spot | None:
    """Return the innermost learner's line that *task* is suspended on."""
    found, awaitable = None, task.get_coro()
    while awaitable is not None:
        frame = getattr(awaitable, "cr_frame", None) or getattr(awaitable, "ag_frame", None)
        if frame is not None and learner.is_learner(frame.f_code.co_filename):
            found = learner.spot(frame)
        awaitable = getattr(awaitable, "cr_await", None) or getattr(awaitable, "ag_await", None)
    return found


def describe(task: AnyTask) -> str:
    """Say what *task* runs, what it waits for and who started it."""
    coro = task.get_coro()
    lines = [f"{task.get_name()}: {getattr(coro, '__qualname__', coro)}"]
    if waiting := waits_at(task):
        lines.append(f"{'runs' if getattr(coro, 'cr_running', False) else 'waits'} at {waiting}")
    if started := started_at(task):
        lines.append(f"started at {started}")
    return "\n    ".join(lines)


async def settle(before: set[AnyTask]) -> set[AnyTask]:
    """Let the tasks that are not in *before* end if they can; return those that do not.

    A task that waits for something else gets no more turns: whether a thread or a timer happens to
    be quick must not decide the verdict.
    """
    left = asyncio.all_tasks() - before
    for _ in range(TURNS):
        if not any(map(about_to_end, left)):
            break
        await asyncio.sleep(0)
        left = asyncio.all_tasks() - before
    return left


def about_to_end(task: AnyTask) -> bool:
    """Say whether *task* has been cancelled, or waits for nothing but its turn."""
    waiter = getattr(task, "_fut_waiter", None)
    return task.cancelling() > 0 or waiter is None or waiter.done()


def report_left_running(left: set[AnyTask]) -> None:
    """Record each task of *left* as a finding."""
    for task in sorted(left, key=lambda task: task.get_name()):
        findings.record(findings.Finding(f"task left running: {describe(task)}", cause=False))


def _watched(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., Any]:
    @functools.wraps(test)
    async def run(*args: Any, **kwargs: Any) -> None:
        before = asyncio.all_tasks()
        try:
            await test(*args, **kwargs)
        finally:
            # Not for an error that tears the loop down, such as a hang.
            if not isinstance(sys.exception(), pytest.fail.Exception | KeyboardInterrupt):
                report_left_running(await settle(before))

    return run


def _never_awaited(coro: Coroutine[Any, Any, Any]) -> None:
    """Stand in for what the interpreter calls when it drops such a coroutine."""
    name = getattr(coro, "__qualname__", repr(coro))
    spot = None
    for filename, line, function in getattr(coro, "cr_origin", None) or ():
        if learner.is_learner(filename):
            source = linecache.getline(filename, line).strip()
            spot = learner.Spot(learner.shown(filename), line, function, source)
            break
    findings.record(findings.Finding(f"coroutine never awaited: {name}", spot, cause=False))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Watch one test; what it leaves behind becomes a finding."""
    depth = sys.get_coroutine_origin_tracking_depth()
    _of_this_test.clear()
    sys.set_coroutine_origin_tracking_depth(ORIGIN_DEPTH)
    with pytest.MonkeyPatch.context() as patch:
        # CPython looks this name up for every such coroutine (Objects/genobject.c and
        # Python/_warnings.c), in 3.11 as in 3.13.
        patch.setattr(warnings, "_warn_unawaited_coroutine", _never_awaited)
        if isinstance(item, pytest.Function) and pytest_asyncio.is_async_test(item):
            patch.setattr(item, "obj", _watched(item.obj))
        try:
            return (yield)
        finally:
            # A coroutine in a cycle comes to light when garbage is collected: not in a later test.
            # The young generations hold what the test has made, and take less than a millisecond.
            gc.collect(1)
            _of_this_test.clear()
            sys.set_coroutine_origin_tracking_depth(depth)
