"""A wire agency for tests: it notes who logs in, asks and closes, and where; holds calls; fails."""

import asyncio
import contextlib
import secrets
import sys
import threading
from collections.abc import AsyncIterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from dojo.instruments import learner, loop_guard
from dojo.instruments.patience import Stopwatch
from dojo.instruments.simulation import REAL
from katas.k404_legacy_sdk_bridge.bridge import WireBridge
from katas.k404_legacy_sdk_bridge.wire import WireClient

# Virtual seconds: they pass at once, and only when nothing else can happen any more.
PATIENCE_S = 60.0
# Real seconds that a thread gets to end, on a processor of its own. Right answers need none of it.
ENDING_S = 2.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One use of the SDK: what, of which client, and on which thread."""

    what: str
    client: int
    thread: threading.Thread


class WatchedClient(WireClient):
    """The vendor's client, with its line to the agency in the hands of a test."""

    def __init__(self, agency: "Agency") -> None:
        self.agency = agency
        self.number = len(agency.clients) + 1
        agency.clients.append(self)
        agency.note("login", self)
        super().__init__()

    def _check(self, call: str) -> None:
        self.agency.note(call, self)
        super()._check(call)

    def _exchange(self, message: str) -> str:
        return self.agency.exchange(message)


class FreshThreads(ThreadPoolExecutor):
    """A default pool that shows what one may do: no two jobs are done by the same thread."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do the job in a thread that ends after it."""
        pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="default-pool")
        try:
            return pool.submit(fn, *args, **kwargs)
        finally:
            pool.shutdown(wait=False)


class Agency:
    """Stands behind `connect`. Make it in a coroutine of the test's own loop."""

    def __init__(self) -> None:
        self.clients: list[WatchedClient] = []
        self.log: list[Entry] = []
        #: What was sent, in order: the message and the answer to it.
        self.sent: list[tuple[str, str]] = []
        self._loop = asyncio.get_running_loop()
        self._loop.set_default_executor(FreshThreads())
        self._home = threading.current_thread()
        self._errors: dict[str, Exception] = {}
        self._held: dict[str, threading.Event] = {}
        self._reached: dict[str, asyncio.Event] = {}
        self._calls: list[asyncio.Task[Any]] = []

    # -- behind the SDK, in whichever thread ---------------------------------------------------

    def note(self, what: str, client: WatchedClient) -> None:
        """Write down a use of the SDK; one that blocks is refused on the test's own loop."""
        here = threading.current_thread()
        self.log.append(Entry(what, client.number, here))
        if here is self._home and what != "close()":
            loop_guard.blocked(f"WireClient: {what}", sys._getframe(1))

    def exchange(self, message: str) -> str:
        """Answer *message*, when it is not held any more."""
        self._loop.call_soon_threadsafe(self._event(message).set)
        if held := self._held.get(message):
            held.wait()
        if error := self._errors.pop(message, None):
            raise error
        answer = f"{message}: {secrets.token_hex(4)}"
        self.sent.append((message, answer))
        return answer

    # -- for tests ----------------------------------------------------------------------------

    def hold(self, *messages: str) -> None:
        """Let these be answered only after `release`."""
        self._held |= {message: threading.Event() for message in messages}

    def release(self) -> None:
        """Answer what is held, and hold nothing from here on."""
        for held in self._held.values():
            held.set()
        self._held = {}

    def fails(self, message: str, error: Exception) -> Exception:
        """Answer the next *message* with *error*; give it back."""
        self._errors[message] = error
        return error

    @contextlib.asynccontextmanager
    async def bridge(self, most: int = 8) -> AsyncIterator[WireBridge]:
        """Make a bridge to here; leave nothing of it behind, as far as it can be closed."""
        bridge = WireBridge(self.connect, most=most)
        try:
            yield bridge
        finally:
            self.release()
            await self.soon(*self._calls)
            with contextlib.suppress(Exception):
                await asyncio.wait_for(bridge.aclose(), PATIENCE_S)

    def connect(self) -> WatchedClient:
        """Log in."""
        return WatchedClient(self)

    def call(self, bridge: WireBridge, number: int) -> asyncio.Task[str]:
        """Have somebody call ``bridge.story(number)``."""
        task = asyncio.create_task(bridge.story(number), name=f"story({number})")
        self._calls.append(task)
        return task

    async def soon(self, *tasks: asyncio.Task[Any]) -> bool:
        """Wait for *tasks*; false if not all have ended and nothing more is going to happen."""
        if tasks:
            await asyncio.wait(tasks, timeout=PATIENCE_S)
        return all(task.done() for task in tasks)

    async def reached(self, message: str) -> None:
        """Wait until the SDK has sent *message*."""
        __tracebackhide__ = True
        try:
            await asyncio.wait_for(self._event(message).wait(), PATIENCE_S)
        except TimeoutError:
            facts = "".join(f"\n{task.get_name()} {outcome(task)}." for task in self._calls)
            pytest.fail(f"The SDK never came to {message}.{facts}{self}", pytrace=False)

    async def answer(self, bridge: WireBridge, number: int) -> str:
        """Return what ``bridge.story(number)`` does; fail if it does not."""
        __tracebackhide__ = True
        call = self.call(bridge, number)
        await self.soon(call)
        if not succeeded(call):
            pytest.fail(
                f"story({number}) {outcome(call)}; expected what the agency sends.{self}",
                pytrace=False,
            )
        return call.result()

    async def close(self, bridge: WireBridge) -> None:
        """Close *bridge*; fail if that fails."""
        __tracebackhide__ = True
        closing = asyncio.create_task(bridge.aclose(), name="aclose()")
        self._calls.append(closing)
        await self.soon(closing)
        if not succeeded(closing):
            pytest.fail(f"aclose() {outcome(closing)}; expected it to return.{self}", pytrace=False)

    @property
    def thread(self) -> threading.Thread:
        """The thread on which the first client was made."""
        return self.log[0].thread

    def times(self, what: str) -> int:
        """Return how often the SDK was used for that."""
        return sum(entry.what == what for entry in self.log)

    def __str__(self) -> str:
        """Tell what the SDK was used for; begins on a new line."""
        lines = [
            f"\n  {entry.what:<10} client {entry.client}  thread {entry.thread.name}"
            for entry in self.log
        ]
        return "\nUse of the SDK:" + ("".join(lines) or " none")

    def _event(self, message: str) -> asyncio.Event:
        return self._reached.setdefault(message, asyncio.Event())


def succeeded(task: asyncio.Task[Any]) -> bool:
    """Say whether *task* has returned something."""
    return task.done() and not task.cancelled() and task.exception() is None


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
