"""Threads of one test stay its own: a hung one poisons no later test and no interpreter's exit.

asgiref runs all thread-sensitive work of a process on one thread. If a solution hangs there, every
later test would hang too, so each test gets a thread of its own. Threads of executors are not
daemons, and the interpreter waits for them at its exit, for ever if need be: hence the hard exit.
"""

from __future__ import annotations

import concurrent.futures.thread
import functools
import os
import sys
import threading
from collections.abc import Generator, Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

import pytest
from asgiref.sync import SyncToAsync

from dojo.instruments import learner
from dojo.instruments.simulation import REAL

# Real seconds, and only ever spent on what a test should not have left running.
REST_S = 0.5

_BY_WHICH_THREADS_END = ("asyncio.", "concurrent.futures", "queue", "threading", __package__)

_jobs: WeakKeyDictionary[ThreadPoolExecutor, WeakSet[Future[Any]]] = WeakKeyDictionary()
_senders: dict[int, learner.Spot | None] = {}
_submit: Any = ThreadPoolExecutor.submit

# How many sessions are configured in this process: a test may run another one inside its own.
_sessions = 0
_status = 0


@functools.wraps(_submit)
def _noting_submit(self: ThreadPoolExecutor, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
    frame = learner.nearest_learner_frame(sys._getframe(1))
    spot = None if frame is None else learner.spot(frame)
    future: Future[Any] = _submit(self, _work_for, spot, fn, args, kwargs)
    if (jobs := _jobs.get(self)) is None:
        jobs = _jobs.setdefault(self, WeakSet())
    jobs.add(future)
    return future


def _work_for(spot: learner.Spot | None, fn: Any, args: Any, kwargs: Any) -> Any:
    thread_id = threading.get_ident()
    _senders[thread_id] = spot
    try:
        return fn(*args, **kwargs)
    finally:
        _senders.pop(thread_id, None)


ThreadPoolExecutor.submit = _noting_submit  # type: ignore[method-assign, assignment]


def sent_from(thread_id: int | None) -> learner.Spot | None:
    """Return the learner's line that gave a pool's thread the job it is at."""
    return _senders.get(thread_id or -1)


def unfinished(executor: Executor) -> set[Future[Any]]:
    """Return the jobs of *executor* that are queued or running."""
    jobs = _jobs.get(executor, ()) if isinstance(executor, ThreadPoolExecutor) else ()
    return {future for future in jobs if not future.done()}


def is_idle_worker(thread: threading.Thread) -> bool:
    """Say whether *thread* is a pool's thread that waits for work, and so ends when it is told."""
    frame = sys._current_frames().get(thread.ident or -1)
    return frame is not None and frame.f_code is concurrent.futures.thread._worker.__code__


def is_at_work(thread_id: int) -> bool:
    """Say whether that thread is there and, if it is a pool's, has a job that has not ended.

    Those who wait for a job are told before its thread is through with it: by its frame alone, it
    would be at work for a moment longer.
    """
    pooled = concurrent.futures.thread._threads_queues
    return thread_id in _senders or any(
        thread.ident == thread_id and thread not in pooled for thread in threading.enumerate()
    )


def is_deep_in_work(thread: threading.Thread) -> bool:
    """Say whether *thread* is inside of a library: a database, a file, a client of some service.

    One that has told others that it is done, and is about to return, is in its author's own code,
    or still in the parts of the standard library by which it told them.
    """
    frame = sys._current_frames().get(thread.ident or -1)
    if frame is None or learner.is_learner(frame.f_code.co_filename):
        return False
    module = frame.f_globals.get("__name__", "")
    return not module.startswith(_BY_WHICH_THREADS_END)


def holding_the_exit(threads: Iterable[threading.Thread]) -> list[threading.Thread]:
    """Return those of *threads* for which the interpreter would wait at its exit.

    It waits for all threads of pools, also for those that are daemons because a daemon, such as a
    server's thread, has started them.
    """
    pooled = concurrent.futures.thread._threads_queues
    return [
        thread
        for thread in threads
        if thread.is_alive()
        and (not thread.daemon or thread in pooled)
        and thread is not threading.main_thread()
        and not is_idle_worker(thread)
    ]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol() -> Generator[None, object, object]:
    """Give the test a fresh thread for thread-sensitive work; it starts when first used."""
    executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="thread-sensitive")
    before, SyncToAsync.single_thread_executor = SyncToAsync.single_thread_executor, executor
    try:
        return (yield)
    finally:
        SyncToAsync.single_thread_executor = before
        executor.shutdown(wait=False, cancel_futures=True)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown() -> Generator[None, object, object]:
    """Let a query that a test has left behind come to its end before the database is emptied."""
    until = REAL.monotonic() + REST_S
    while unfinished(SyncToAsync.single_thread_executor) and REAL.monotonic() < until:
        REAL.sleep(0.001)
    return (yield)


def pytest_configure() -> None:
    """Count this session."""
    global _sessions
    _sessions += 1


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(exitstatus: int | pytest.ExitCode) -> None:
    """Keep the status that the interpreter should exit with."""
    global _status
    _status = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Exit hard when a hung thread would keep the interpreter alive."""
    global _sessions
    _sessions -= 1
    if _sessions or not (left := holding_the_exit(threading.enumerate())):
        return
    # A thread that is about to end is not hung.
    for thread in left:
        thread.join(timeout=0.5)
    if left := holding_the_exit(left):
        names = ", ".join(thread.name for thread in left)
        sys.stderr.write(f"Leaving without waiting for hung threads: {names}\n")
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(_status)
