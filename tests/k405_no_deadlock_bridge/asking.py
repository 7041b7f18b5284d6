"""What the tests of the bridge share: loading, asking for a page, and telling who waits where."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from django.core.signals import got_request_exception, request_started

from dojo.instruments import learner, simulation, stuck, tasks
from dojo.instruments.orm_guard import Queries
from dojo.instruments.patience import Stopwatch
from katas.k405_no_deadlock_bridge.bridge import load
from katas.k405_no_deadlock_bridge.core import Sheet

T = TypeVar("T")

# Who works on what; the desks are told by nobody, so it has to come along.
editor: ContextVar[str] = ContextVar("editor", default="nobody")

# On the test's clock, which jumps here as soon as nothing else can happen; in real time, without
# what the process spends in the queue for a processor.
PATIENCE_S, REAL_PATIENCE_S = 3600.0, 3.0


@dataclass(frozen=True)
class DeskCall:
    """One question to a desk, and where the core was when it asked."""

    slug: str
    loop: asyncio.AbstractEventLoop
    thread: str
    editor: str


# The questions of this test.
asked: list[DeskCall] = []
# Threads of loops that still ran when `load` had returned to sync code. Such a loop ends with its
# test, and whoever uses it in a later one waits for ever: a deadlock of the suite's own making.
left_running: set[str] = set()
# Where threads stood before this test: a thread, and the frame of the answer that it hangs in.
standing_before: set[tuple[int, int]] = set()


def loaded(slug: str) -> Sheet:
    """Return what `load` returns; an error fails with the line that it came through."""
    __tracebackhide__ = True
    check_no_loop_left(f"load({slug!r})")
    try:
        sheet: object = load(slug)
    except Exception as error:
        pytest.fail(
            f"load({slug!r}) raised {learner.told(error)}\nExpected the sheet of that article.",
            pytrace=False,
        )
    left_running.update(call.thread for call in asked if call.loop.is_running())
    assert isinstance(sheet, Sheet), (
        f"load({slug!r}) returned a {type(sheet).__name__}; expected a Sheet."
    )
    return sheet


def check_no_loop_left(call: str) -> None:
    """Fail before *call* if an earlier one has left a loop that ran on."""
    __tracebackhide__ = True
    assert not left_running, (
        f"Before {call}: an earlier call of load has left an event loop that ran on, in thread "
        f"{', '.join(sorted(left_running))}; expected each loop that load has started to be "
        "closed when it returns. (task 1)"
    )


def check_no_transaction(call: str, queries: Queries) -> None:
    """Fail if *queries*, whose callers have begun no transaction, ran in one."""
    __tracebackhide__ = True
    inside = sum(query.in_atomic for query in queries)
    assert not inside, (
        f"{call}: load held a transaction while it asked a desk; {inside} of {len(queries)} "
        "queries ran in one, and no caller has begun any. Expected none of its own. (task 3)"
    )


async def in_time(call: str, awaitable: Awaitable[T]) -> T:
    """Await what *call* returned; fail if that can never happen."""
    __tracebackhide__ = True
    older = set(tasks.pending())
    task = asyncio.ensure_future(awaitable)
    if simulation.active():
        await asyncio.wait({task}, timeout=PATIENCE_S)
    else:
        watch = Stopwatch()
        while not task.done() and not watch.is_over(REAL_PATIENCE_S):
            await asyncio.wait({task}, timeout=0.1)
    if not task.done():
        facts = f"{call}: deadlock; nothing that it waits for can ever happen.\n{who_waits()}"
        # A server's threads would keep the interpreter from ending.
        for pending in set(tasks.pending()) - older - {task}:
            if not (loop := pending.get_loop()).is_closed():
                loop.call_soon_threadsafe(pending.cancel)
        pytest.fail(facts, pytrace=False)
    return task.result()


def who_waits() -> str:
    """Say where each task and each thread of the answer stands, but for those of earlier tests."""
    time, frames = simulation.active(), sys._current_frames()
    told = stuck.describe(time) if time else ""
    for thread in threading.enumerate():
        frame = learner.nearest_learner_frame(frames.get(thread.ident or -1))
        if frame is None or (thread.ident, id(frame)) in standing_before:
            continue
        if f"  thread {thread.name}: " not in told:
            told += f"\n  thread {thread.name}: {learner.spot(frame)}"
    return told.strip("\n")


def note_who_stands() -> None:
    """Note which threads hang in the answer already; a frame in which one hangs stays the same."""
    standing_before.clear()
    for ident, innermost in sys._current_frames().items():
        if frame := learner.nearest_learner_frame(innermost):
            standing_before.add((ident, id(frame)))


async def ask(client: Any, url: str, *, how: str = "under ASGI") -> dict[str, Any]:
    """Return what the page at *url* answers; fail with the line at which its view failed."""
    __tracebackhide__ = True
    call = f"GET {url} {how}"
    check_no_loop_left(call)
    with noting_errors() as raised:
        try:
            response = await in_time(call, client.get(url))
        except Exception as error:
            raised.append(error)
    if raised:
        pytest.fail(f"{call} raised {learner.told(raised[0])}\nExpected an answer.", pytrace=False)
    assert response.status_code == 200, f"{call} answered {response.status_code}; expected 200."
    answer: dict[str, Any] = response.json()
    return answer


@contextmanager
def noting_errors() -> Iterator[list[BaseException]]:
    """Give the errors for which Django answers with a page, inside the block."""
    raised: list[BaseException] = []

    def note(**kwargs: object) -> None:
        if error := sys.exc_info()[1]:
            raised.append(error)

    got_request_exception.connect(note)
    try:
        yield raised
    finally:
        got_request_exception.disconnect(note)


@contextmanager
def noting_the_requests_thread() -> Iterator[set[int]]:
    """Give the threads in which Django runs the sync code of the requests inside the block."""
    threads: set[int] = set()

    def note(**kwargs: object) -> None:
        threads.add(threading.get_ident())

    request_started.connect(note)
    try:
        yield threads
    finally:
        request_started.disconnect(note)
