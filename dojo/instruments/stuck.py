"""What to say when a test cannot go on: every task and thread, and what each of them waits for."""

from __future__ import annotations

import asyncio
import inspect
import sys
import threading
from types import FrameType
from typing import TYPE_CHECKING, Any

from dojo.instruments import learner

if TYPE_CHECKING:
    from dojo.instruments.simulation import Job, VirtualTime

_MOST_LINES = 12


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
    lines += [_thread_line(time, job) for job in list(time.jobs) if _speaks(time, job)]
    if len(lines) > _MOST_LINES:
        lines[_MOST_LINES:] = [f"  … and {len(lines) - _MOST_LINES} more like these"]
    return "\n".join(lines)


def waiting(task: asyncio.Task[Any]) -> str:
    """Say where *task* stands, in its author's code, and what it waits for."""
    frames = awaiting_frames(task)
    if not frames:
        return repr(task.get_coro())
    where = _own_frame(frames)
    inner = frames[-1]
    text = str(learner.spot(where))
    if inner is where:
        return text
    if inner.f_code.co_name == "__sleep0":
        return f"{text}, which comes back at once"
    return f"{text}, which waits in {inner.f_code.co_qualname}"


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


def _own_frame(frames: list[FrameType]) -> FrameType:
    for is_own in (learner.is_learner, lambda name: not learner.is_installed(name)):
        for frame in reversed(frames):
            if is_own(frame.f_code.co_filename):
                return frame
    return frames[-1]


def _by_age(task: asyncio.Task[Any]) -> tuple[int, str]:
    name = task.get_name()
    return len(name), name


def _speaks(time: VirtualTime, job: Job) -> bool:
    """Whether the thread has more to say than its loop's tasks have said already."""
    return job.thread is not None and not any(w.rank and w.job is job for w in time.waits)


def _thread_line(time: VirtualTime, job: Job) -> str:
    stack = []
    frame = sys._current_frames().get(job.thread or 0)
    while frame is not None:
        stack.append(frame)
        frame = frame.f_back
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    verb = "waits" if any(w.job is job for w in time.waits) else "is busy"
    where = f" at {learner.spot(_own_frame(stack[::-1]))}" if stack else ""
    return f"  thread {names.get(job.thread, job.thread)} {verb}{where}"
