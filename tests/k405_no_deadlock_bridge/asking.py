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
    editor: str


def loaded(slug: str) -> Sheet:
    """Return what `load` returns; an error fails with the line that it came through."""
    __tracebackhide__ = True
    try:
        sheet: object = load(slug)
    except Exception as error:
        pytest.fail(
            f"load({slug!r}) raised {learner.told(error)}\nExpected the sheet of that article.",
            pytrace=False,
        )
    assert isinstance(sheet, Sheet), (
        f"load({slug!r}) returned a {type(sheet).__name__}; expected a Sheet."
    )
    return sheet


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
    """Say where each task and each thread of the answer stands."""
    time, frames = simulation.active(), sys._current_frames()
    told = stuck.describe(time) if time else ""
    for thread in threading.enumerate():
        frame = learner.nearest_learner_frame(frames.get(thread.ident or -1))
        if frame is not None and f"  thread {thread.name}: " not in told:
            told += f"\n  thread {thread.name}: {learner.spot(frame)}"
    return told.strip("\n")


async def ask(client: Any, url: str, *, how: str = "under ASGI") -> dict[str, Any]:
    """Return what the page at *url* answers; fail with the line at which its view failed."""
    __tracebackhide__ = True
    call = f"GET {url} {how}"
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
