"""Threads under virtual time: who works is counted, and who waits for another thread is parked.

`Condition.wait` carries nearly everything that blocks in Python: Event, Queue, Semaphore, Barrier,
`Future.result`, and asgiref's thread that idles while `async_to_sync` runs. So asgiref itself needs
no patch, and every release of it will do. Blocking in C is not seen (`Lock.acquire`,
`SimpleQueue.get`, a database lock): a thread that does that counts as busy.
"""

from __future__ import annotations

import concurrent.futures.process
import concurrent.futures.thread
import contextlib
import functools
import math
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any, TypeVar

from dojo.instruments.simulation import Job, TestIsOver, active, current_job, working_on
from dojo.instruments.waits import ThreadWait, await_crew

_T = TypeVar("_T")

_counted: weakref.WeakSet[threading.Thread] = weakref.WeakSet()

_wait = threading.Condition.wait
_start = threading.Thread.start
_join = threading.Thread.join
_submit_to_threads = ThreadPoolExecutor.submit
_submit_to_processes = ProcessPoolExecutor.submit
_shutdown = ThreadPoolExecutor.shutdown


class _Waiter(ThreadWait):
    """Stands in the queue of a Condition, where `notify` releases it as it would a lock."""

    def release(self) -> None:
        self.job.crew.time.end(self)


def condition_wait(self: Any, timeout: float | None = None) -> bool:
    """`Condition.wait` that parks the thread, with *timeout* in virtual seconds."""
    job = current_job()
    if job is None or job.crew.time.over or (timeout is not None and timeout <= 0):
        return _wait(self, timeout)
    if not self._is_owned():
        raise RuntimeError("cannot wait on un-acquired lock")
    time = job.crew.time
    waiter = _Waiter(job, math.inf if timeout is None else time.deadline(timeout))
    self._waiters.append(waiter)
    state = self._release_save()
    notified = False
    try:
        notified = waiter.sit_out()
    finally:
        self._acquire_restore(state)
        if not notified:
            with contextlib.suppress(ValueError):
                self._waiters.remove(waiter)
    return notified


def thread_start(self: Any) -> None:
    """`Thread.start` that counts the thread from now until it ends."""
    time = active()
    if time is None:
        return _start(self)
    if not _takes_part(self):
        # The wait until it has started is no reason for time to move: while a pool's new thread
        # starts, all of its jobs may be with other threads, and parked.
        with working_on(None):
            return _start(self)
    job, run = time.enter(self, limit=1), self.run
    _counted.add(self)

    def counted() -> None:
        try:
            # pytest would warn of a thread that ends so, although the interpreter does not.
            with working_on(job), contextlib.suppress(TestIsOver):
                run()
        finally:
            del self.run
            time.leave(job)

    self.run = counted
    try:
        _start(self)
    except BaseException:
        time.leave(job)
        raise


def _takes_part(thread: Any) -> bool:
    # A pool's work is counted by job, not by thread; pytest-timeout's timer has to stay real.
    return (
        getattr(thread, "_target", None) is not concurrent.futures.thread._worker
        and not isinstance(thread, concurrent.futures.process._ExecutorManagerThread)
        and not thread.name.startswith("pytest_timeout")
    )


def thread_join(self: threading.Thread, timeout: float | None = None) -> None:
    """`Thread.join` that parks the caller, with *timeout* in virtual seconds."""
    job = current_job()
    if job is None or job.crew.time.over or (timeout is not None and timeout <= 0):
        return _join(self, timeout)
    if self is not threading.current_thread():
        if not await_crew(job, self, math.inf if timeout is None else timeout):
            return None
        # It has nothing left to do and ends by itself, however slow the machine is.
        timeout = None if self in _counted else timeout
    return _join(self, timeout)


def _submit(
    real: Callable[..., Future[Any]],
    limit: Callable[[Any], float],
    wrap: Callable[[Job, Callable[..., Any]], Callable[..., Any]],
) -> Callable[..., Future[Any]]:
    @functools.wraps(real)
    def submit(self: Executor, fn: Callable[..., _T], /, *args: Any, **kwargs: Any) -> Future[_T]:
        time = active()
        if time is None:
            return real(self, fn, *args, **kwargs)
        job = time.enter(self, limit(self))
        try:
            future: Future[_T] = real(self, wrap(job, fn), *args, **kwargs)
        except BaseException:
            time.leave(job)
            raise
        # The job ends when everybody who waits for it has been told, or time could move before
        # the loop is awake. Callbacks run in order, so the last one ends it; this first one makes
        # sure that there is nothing behind the last one.
        future.add_done_callback(functools.partial(_leave_last, job))
        return future

    return submit


def _leave_last(job: Job, future: Future[Any]) -> None:
    def leave(_: Future[Any]) -> None:
        job.crew.time.leave(job)

    callbacks = future._done_callbacks  # type: ignore[attr-defined]
    if len(callbacks) > 1:
        callbacks.append(leave)
    else:
        leave(future)


def _in_thread(job: Job, fn: Callable[..., _T]) -> Callable[..., _T]:
    def work(*args: Any, **kwargs: Any) -> _T:
        with working_on(job):
            return fn(*args, **kwargs)

    return work


def pool_shutdown(
    self: ThreadPoolExecutor, wait: bool = True, *, cancel_futures: bool = False
) -> None:
    """`ThreadPoolExecutor.shutdown` that parks the caller while there is work."""
    job = current_job()
    if job is None or not wait or job.crew.time.over:
        _shutdown(self, wait, cancel_futures=cancel_futures)
        return
    _shutdown(self, wait=False, cancel_futures=cancel_futures)
    await_crew(job, self)
    # The workers have nothing left to do: they end by themselves, without any virtual time.
    for thread in list(self._threads):
        _join(thread)


PATCHES: list[tuple[object, str, Any]] = [
    (threading.Condition, "wait", condition_wait),
    (threading.Thread, "start", thread_start),
    (threading.Thread, "join", thread_join),
    (
        ThreadPoolExecutor,
        "submit",
        _submit(_submit_to_threads, lambda pool: pool._max_workers, _in_thread),
    ),
    (
        ProcessPoolExecutor,
        "submit",
        _submit(_submit_to_processes, lambda _: math.inf, lambda _, fn: fn),
    ),
    (ThreadPoolExecutor, "shutdown", pool_shutdown),
]
