"""Jobs whose beginning the tests see, and whose end they decide."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from concurrent.futures import Future
from typing import Any

import pytest
from asgiref.sync import ThreadSensitiveContext

from dojo.instruments import learner
from dojo.instruments.rendezvous import settle
from katas.k506_background_work.jobs import Jobs
from katas.k506_background_work.request_ids import request_id

# Virtual seconds: they pass at once, and only when nothing else can happen any more.
PATIENCE_S = 60.0


class Gate:
    """Keeps tasks waiting, on whichever loop, until it is opened."""

    def __init__(self) -> None:
        self._opened: Future[None] = Future()

    async def passed(self) -> None:
        """Wait until it is open."""
        # Shielded: a waiter that is cancelled would cancel the gate, too.
        await asyncio.shield(asyncio.wrap_future(self._opened))

    def open(self) -> None:
        """Let all through, from now on."""
        if not self._opened.done():
            self._opened.set_result(None)


class Work:
    """Jobs that wait until a test lets them end: ``jobs.start(work.job, "a")``.

    They do so on any loop, in any thread; `elsewhere` has those that are not on the server's.

    Attributes:
        begun, ended: The names of jobs, in the order in which they did.
        ids: What `request_id` was in each of them.
        fails: What a job raises in the end, by name.
    """

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.begun: list[str] = []
        self.ended: list[str] = []
        self.ids: dict[str, str] = {}
        self.elsewhere: list[str] = []
        self.fails: dict[str, BaseException] = {}
        self._gates: dict[str, Gate] = {}
        self._all_may_end = False

    async def job(self, name: str) -> None:
        """Begin, wait to be let go, end."""
        self.begun.append(name)
        self.ids[name] = request_id.get()
        if asyncio.get_running_loop() is not self.loop:
            self.elsewhere.append(name)
        if not self._all_may_end:
            await self._gate(name).passed()
        if name in self.fails:
            raise self.fails[name]
        self.ended.append(name)

    def let(self, *names: str) -> None:
        """Let these jobs end, whether or not they have begun."""
        for name in names:
            self._gate(name).open()

    def _gate(self, name: str) -> Gate:
        return self._gates.setdefault(name, Gate())

    @contextlib.asynccontextmanager
    async def jobs(self) -> AsyncIterator[Jobs]:
        """Give jobs to start; at the end of the block those that wait are let go."""
        before = asyncio.all_tasks()
        jobs = Jobs()
        try:
            yield jobs
        finally:
            self._all_may_end = True
            self.let(*self.begun)
            await settle()
            # An answer may work with tasks of its own, which only `drain` ends.
            if asyncio.all_tasks() - before:
                with contextlib.suppress(Exception):
                    await asyncio.wait_for(jobs.drain(), PATIENCE_S)


@contextlib.asynccontextmanager
async def request(name: str) -> AsyncIterator[None]:
    """Do what is in the block as for a request: with an id, and a thread that ends with it."""
    async with ThreadSensitiveContext():
        token = request_id.set(name)
        try:
            yield
        finally:
            request_id.reset(token)


def drain(jobs: Jobs) -> asyncio.Task[None]:
    """Have somebody call ``jobs.drain()``."""
    return asyncio.create_task(jobs.drain(), name="drain()")


async def soon(*tasks: asyncio.Task[Any]) -> None:
    """Wait until *tasks* have ended, or nothing more is going to happen."""
    await asyncio.wait(tasks, timeout=PATIENCE_S)


def outcome(task: asyncio.Task[Any]) -> str:
    """Say what became of *task*."""
    if not task.done():
        return "has not returned"
    if task.cancelled():
        return "raised CancelledError"
    if error := task.exception():
        return f"raised {learner.told(error)}"
    return "returned"


async def drained(jobs: Jobs, *, if_written: bool = False) -> None:
    """Drain; fail if that does not return, or raises.

    Args:
        if_written: Let it be while task 4 is still to be done: for the tests of the tasks before.
    """
    __tracebackhide__ = True
    task = drain(jobs)
    await soon(task)
    seen = outcome(task)
    if if_written and seen.startswith(f"raised {NotImplementedError.__name__}"):
        return
    if seen != "returned":
        task.cancel()
        pytest.fail(f"drain(), with nothing to wait for any more: it {seen}.", pytrace=False)
