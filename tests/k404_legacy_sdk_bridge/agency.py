"""A wire agency for tests, and those who call it over a bridge."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest

from dojo.instruments import learner
from dojo.instruments.patience import Stopwatch
from dojo.instruments.rendezvous import settle
from dojo.instruments.simulation import REAL
from katas.k404_legacy_sdk_bridge.bridge import WireBridge
from tests.k404_legacy_sdk_bridge.line import Line
from tests.k404_legacy_sdk_bridge.pools import FreshThreads

# Virtual seconds: they pass at once, and only when nothing else can happen any more.
PATIENCE_S = 60.0
# Real seconds that a thread gets to end, on a processor of its own. Only one that stays takes them.
ENDING_S = 1.0


class Agency(Line):
    """Makes bridges to itself, and calls them."""

    def __init__(self) -> None:
        super().__init__()
        asyncio.get_running_loop().set_default_executor(FreshThreads())
        self._bridges: list[WireBridge] = []
        self._calls: list[asyncio.Task[Any]] = []

    @contextlib.asynccontextmanager
    async def bridge(self, most: int = 8) -> AsyncIterator[WireBridge]:
        """Make a bridge to here; at the end of the block all its calls are let go."""
        before = asyncio.all_tasks()
        bridge = WireBridge(self.connect, most=most)
        self._bridges.append(bridge)
        try:
            yield bridge
        finally:
            self.release()
            await self.soon(*self._calls)
            # A bridge may work with tasks of its own, which only `aclose` ends.
            if asyncio.all_tasks() - before and not await self._close_quietly(bridge):
                # Task 4 is to come. Until then a bridge cannot end them, and need not.
                await settle()
                left = asyncio.all_tasks() - before
                for task in left:
                    task.cancel()
                await self.soon(*left)

    async def leave_nothing_behind(self) -> None:
        """Close what a test has not closed. That is not judged: there are tests for it."""
        for bridge in self._bridges:
            await self._close_quietly(bridge)

    async def _close_quietly(self, bridge: WireBridge) -> bool:
        """Close *bridge*, whatever that raises; say whether its `aclose` is written."""
        try:
            await asyncio.wait_for(bridge.aclose(), PATIENCE_S)
        except NotImplementedError:
            return False
        except Exception:
            return True
        return True

    def call(self, bridge: WireBridge, number: int) -> asyncio.Task[str]:
        """Have somebody call ``bridge.story(number)``."""
        task = asyncio.create_task(bridge.story(number), name=f"story({number})")
        self._calls.append(task)
        return task

    def forget(self, call: asyncio.Task[str]) -> None:
        """Hold *call* no longer, nor what its frames hold."""
        self._calls.remove(call)

    def close(self, bridge: WireBridge) -> asyncio.Task[None]:
        """Have somebody call ``bridge.aclose()``."""
        task = asyncio.create_task(bridge.aclose(), name="aclose()")
        self._calls.append(task)
        return task

    async def soon(self, *tasks: asyncio.Task[Any]) -> None:
        """Wait until *tasks* have ended, or nothing more is going to happen."""
        if tasks:
            await asyncio.wait(tasks, timeout=PATIENCE_S)
        for task in tasks:
            error_of(task)  # or asyncio logs that nobody has asked for it

    async def reached(self, message: str) -> None:
        """Wait until the SDK has sent *message*."""
        __tracebackhide__ = True
        event = self.event(message)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(event.wait(), PATIENCE_S)
        if not event.is_set():
            facts = "".join(f"\n{task.get_name()} {outcome(task)}." for task in self._calls)
            if "after shutdown" in facts and "aclose()" not in facts:
                facts += "\nNo bridge has been closed in this test, but some were before it. "
                facts += "Do they share an executor?"
            pytest.fail(f"The agency waits for {message} in vain.{facts}{self}", pytrace=False)
        event.clear()

    async def answer(self, bridge: WireBridge, number: int) -> str:
        """Return what ``bridge.story(number)`` does; fail if it does not, or blocks the loop."""
        __tracebackhide__ = True
        self.hold(f"fetch({number})")
        call = self.call(bridge, number)
        await self.reached(f"fetch({number})")
        self.release()
        await self.soon(call)
        if not succeeded(call):
            pytest.fail(
                f"story({number}) {outcome(call)}; expected what the agency sends.{self}",
                pytrace=False,
            )
        return call.result()

    async def closed(self, bridge: WireBridge) -> None:
        """Have *bridge* closed; fail if that fails, or waits on the loop for the agency."""
        __tracebackhide__ = True
        self.hold("close()")
        closing = self.close(bridge)
        await self.reached("close()")
        self.release()
        await self.soon(closing)
        if not succeeded(closing):
            pytest.fail(f"aclose() {outcome(closing)}; expected it to return.{self}", pytrace=False)


def succeeded(task: asyncio.Task[Any]) -> bool:
    """Say whether *task* has returned something."""
    return task.done() and not task.cancelled() and task.exception() is None


def error_of(task: asyncio.Task[Any]) -> BaseException | None:
    """Return what *task* has raised, if it has ended and was not cancelled."""
    return task.exception() if task.done() and not task.cancelled() else None


def passed_on(task: asyncio.Task[Any], error: Exception) -> bool:
    """Say whether *task* has raised *error* itself."""
    raised = error_of(task)
    if type(error) is TimeoutError and type(raised) is TimeoutError:
        # Before Python 3.13, asyncio makes a new one of those that come from a thread.
        return raised.args == error.args
    return raised is error


def outcome(task: asyncio.Task[Any]) -> str:
    """Say what became of *task*."""
    if not task.done():
        return "has not ended, and nothing more is going to happen"
    if task.cancelled():
        return "raised CancelledError"
    if error := task.exception():
        return f"raised {learner.told(error)}"
    return f"returned {task.result()!r}"


async def ends(thread: threading.Thread) -> bool:
    """Say whether *thread* ends by itself."""
    watch = Stopwatch()
    while thread.is_alive() and not watch.is_over(ENDING_S):
        await asyncio.sleep(0)
        REAL.sleep(0.001)
    return not thread.is_alive()
