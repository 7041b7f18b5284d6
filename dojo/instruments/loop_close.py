"""Closing an event loop ends, whatever its tasks do.

``asyncio.run`` and pytest-asyncio cancel the leftover tasks of a loop and wait for them. A task
that swallows CancelledError in a loop makes them wait for ever, and so does a thread of the loop's
default executor. Here that wait is limited; what outlives it is closed by force or abandoned.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from asyncio import runners
from collections.abc import Coroutine
from typing import Any

from dojo.instruments import aftermath, findings, hangs, tasks, threads

# Real seconds, and only ever spent on what ignores its cancellation.
GRACE_S = 0.25

# A coroutine that ignores even GeneratorExit would complain when it is collected: it never is.
_abandoned: list[tasks.AnyTask] = []

_cancel_all_tasks = runners._cancel_all_tasks  # type: ignore[attr-defined]


def _end_all_tasks(loop: asyncio.AbstractEventLoop) -> None:
    if not hangs.armed():
        _cancel_all_tasks(loop)
        return
    left = asyncio.all_tasks(loop)
    # A hang tells of its tasks itself.
    if findings.recording() and not isinstance(sys.exception(), hangs.Hang):
        tasks.report_left_running({task for task in left if not tasks.about_to_end(task)})
    _end(loop, left)
    _run_limited(loop, loop.shutdown_asyncgens())
    _let_go_of_threads(loop)
    _end(loop, asyncio.all_tasks(loop))


runners._cancel_all_tasks = _end_all_tasks  # type: ignore[attr-defined]


def _run_limited(loop: asyncio.AbstractEventLoop, coro: Coroutine[Any, Any, Any]) -> None:
    # A loop that watches itself may raise here too, such as for a wait that can never end.
    try:
        with hangs.limited(GRACE_S):
            loop.run_until_complete(coro)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # noqa: S110 - what it left undone is dealt with below
        pass


def _end(loop: asyncio.AbstractEventLoop, left: set[tasks.AnyTask]) -> None:
    if not left:
        return
    for task in left:
        task.cancel()
    _run_limited(loop, asyncio.wait(left, timeout=None if hangs.limits() else GRACE_S))
    stubborn = asyncio.all_tasks(loop)
    if stubborn:
        aftermath.expect_debris()
        _run_limited(loop, _close(stubborn))
        _run_limited(loop, asyncio.sleep(0))
    for task in stubborn:
        if not task.done():
            task._log_destroy_pending = False  # type: ignore[attr-defined]
            _abandoned.append(task)
        elif not task.cancelled():
            task.exception()  # or asyncio logs that nobody asked for it
    for task in left - stubborn:
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception):
            message = "unhandled exception while the loop was being closed"
            loop.call_exception_handler({"message": message, "exception": error, "task": task})


async def _close(stubborn: set[tasks.AnyTask]) -> None:
    for task in stubborn:
        # Raises GeneratorExit where the coroutine waits, so that its `finally` blocks run. In a
        # running loop, because outside of one its next await would be an error, which it swallows.
        with contextlib.suppress(Exception):
            if (coro := task.get_coro()) is not None:
                coro.close()
        task.cancel()


def _let_go_of_threads(loop: asyncio.AbstractEventLoop) -> None:
    executor = getattr(loop, "_default_executor", None)
    if executor is None or not (jobs := threads.unfinished(executor)):
        return
    _run_limited(loop, _wait_for(jobs))
    if threads.unfinished(executor):
        executor.shutdown(wait=False, cancel_futures=True)
        loop._default_executor = None  # type: ignore[attr-defined]


async def _wait_for(jobs: set[Any]) -> None:
    await asyncio.wait([asyncio.wrap_future(job) for job in jobs])
