"""What to say when a test cannot go on: every task and thread, and what each of them waits for."""

from __future__ import annotations

import asyncio
import inspect
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from dojo.instruments import learner

if TYPE_CHECKING:
    from dojo.instruments.simulation import Job, VirtualTime

_MOST_LINES = 12
# Where a thread stands while it waits for the clock tells nobody anything.
_OURS = {str(path) for path in Path(__file__).parent.glob("*.py")}


class Stuck(BaseException):
    """The test cannot go on.

    Not an Exception: a learner's ``except Exception`` must not turn it into a wrong answer.
    """


def describe(time: VirtualTime) -> str:
    """List the tasks of every running loop and the threads at work, one a line."""
    lines = [
        f"  {task.get_name()}: {waiting(task)}"
        for loop in list(time.loops)
        for task in sorted(asyncio.all_tasks(loop), key=_by_age)  # type: ignore[arg-type]
    ]
    jobs = sorted(time.jobs, key=lambda job: job.number)
    lines += [_thread_line(time, job) for job in jobs if _speaks(time, job)]
    if len(lines) > _MOST_LINES:
        lines[_MOST_LINES:] = [f"  … and {len(lines) - _MOST_LINES} more like these"]
    return "\n".join(lines)


def waiting(task: asyncio.Task[Any]) -> str:
    """Say where *task* stands, in its author's code, and what it waits for."""
    return _where(awaiting_frames(task)) or repr(task.get_coro())


def awaiting_frames(task: asyncio.Task[Any]) -> list[FrameType]:
    """Return the frames of what *task* is suspended in, outermost first."""
    frames = []
    awaited: object = task.get_coro()
    while awaited is not None:
        if inspect.iscoroutine(awaited):
            frame, awaited = awaited.cr_frame, awaited.cr_await
        elif inspect.isasyncgen(awaited):
            frame, awaited = awaited.ag_frame, awaited.ag_await
        elif inspect.isgenerator(awaited):
            frame, awaited = awaited.gi_frame, awaited.gi_yieldfrom
        else:
            break
        if frame is not None:
            frames.append(frame)
    return frames


def _where(frames: list[FrameType]) -> str:
    """Return the line that an author knows, and the place inside a library where it waits."""
    inner = [f for f in frames if f.f_code.co_filename not in _OURS][-1:]
    own = [f for f in frames if learner.is_learner(f.f_code.co_filename)] or [
        f for f in frames if not learner.is_installed(f.f_code.co_filename)
    ]
    parts = [str(learner.spot(frame)) for frame in own[-1:]]
    parts += [f"waits in {_name(frame)}" for frame in inner if frame not in own[-1:]]
    return ", ".join(parts)


def _name(frame: FrameType) -> str:
    code = frame.f_code
    return "sleep(0)" if code.co_name == "__sleep0" else code.co_qualname


def _by_age(task: asyncio.Task[Any]) -> tuple[int, str]:
    name = task.get_name()
    return len(name), name


def _speaks(time: VirtualTime, job: Job) -> bool:
    """Whether the thread has more to say than its loop's tasks, and its own error, say already."""
    waits = [wait for wait in time.waits if wait.job is job]
    if not waits:
        return job.thread not in (None, threading.get_ident())
    return not any(wait.rank for wait in waits)


def _thread_line(time: VirtualTime, job: Job) -> str:
    stack: list[FrameType] = []
    frame = sys._current_frames().get(job.thread or 0)
    while frame is not None:
        stack.insert(0, frame)
        frame = frame.f_back
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    busy = "" if any(wait.job is job for wait in time.waits) else "busy, "
    return f"  thread {names.get(job.thread, job.thread)}: {busy}{_where(stack)}"
