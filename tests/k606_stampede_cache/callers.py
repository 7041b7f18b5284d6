"""What the tests share: what is computed, those who ask for it, and what has come of it."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any

from katas.k606_stampede_cache.single_flight import SingleFlightCache

#: When it is over, on the virtual clock, nothing can run any more without time passing.
INSTANT_S = 1e-6

#: Nobody waits that long here; only an answer that forgets somebody gets so far.
AGES_S = 1000.0

#: So many calls of the cache may stand between a caller and a value; the test's cache takes 1 ms.
CACHE_S = 0.005

Compute = Callable[[], Coroutine[Any, Any, Any]]


def now() -> float:
    """Return the time of the running loop."""
    return asyncio.get_running_loop().time()


class Computation:
    """What is asked for: takes its time, and is counted.

    Attributes:
        takes: Seconds that it takes.
        cleanup: Seconds that it takes to end when it is cancelled.
        values: What the first, second, … run returns; otherwise "figures 1", "figures 2", …
        errors: What some runs, by number, raise instead.
        cleanup_error: What the clean-up raises in place of CancelledError.
    """

    def __init__(
        self, takes: float = 0.2137, *, cleanup: float = 0, values: Sequence[object] = ()
    ) -> None:
        self.takes = takes
        self.cleanup = cleanup
        self.values = values
        self.errors: dict[int, Exception] = {}
        self.cleanup_error: Exception | None = None
        self.runs = self.running = self.peak = 0
        #: Set when a run has come to its end.
        self.computed = asyncio.Event()
        #: What a run that has not ended is doing.
        self.state = ""

    async def __call__(self) -> Any:
        """Compute."""
        self.runs += 1
        number = self.runs
        self.running += 1
        self.peak = max(self.peak, self.running)
        try:
            self.state = "computing"
            await asyncio.sleep(self.takes)
        except asyncio.CancelledError:
            self.state = "cleaning up"
            # With nothing to clean up, it ends in the very turn in which it is cancelled.
            if self.cleanup:
                await asyncio.sleep(self.cleanup)
            if self.cleanup_error:
                raise self.cleanup_error from None
            raise
        finally:
            self.running -= 1
        self.computed.set()
        if number in self.errors:
            raise self.errors[number]
        return self.values[number - 1] if number <= len(self.values) else f"figures {number}"

    def check_runs(self, what: str, expected: int, task: int) -> None:
        """Fail unless it was computed so many times."""
        __tracebackhide__ = True
        plural = "" if self.runs == 1 else "s"
        assert self.runs == expected, (
            f"{what}: computed {self.runs} time{plural}, at most {self.peak} at the same time; "
            f"expected {expected}. (task {task})"
        )


class Caller:
    """Somebody who asks for a value, what has come of it, and when."""

    def __init__(self, asking: Coroutine[Any, Any, Any]) -> None:
        self.task = asyncio.ensure_future(asking)
        self.waited_in_vain = False
        self.ended_at = AGES_S
        self.task.add_done_callback(self._note)

    def _note(self, _: object) -> None:
        self.ended_at = now()

    @property
    def error(self) -> BaseException | None:
        """What came out of it, if that was an error."""
        return self.task.exception() if self.task.done() and not self.task.cancelled() else None

    @property
    def cancelled(self) -> bool:
        """Whether CancelledError came out of it."""
        return self.task.cancelled() and not self.waited_in_vain

    def got(self, expected: object) -> bool:
        """Say whether it got this value, and not only an equal one."""
        if not self.task.done() or self.task.cancelled() or self.error:
            return False
        value = self.task.result()
        return type(value) is type(expected) and bool(value == expected)

    def __str__(self) -> str:
        """Say what has come of it, for messages."""
        if not self.task.done() or self.waited_in_vain:
            return "still waits"
        if self.task.cancelled():
            return "ended with CancelledError"
        return f"ended with {self.error!r}" if self.error else f"got {self.task.result()!r}"


def ask(
    once: SingleFlightCache,
    compute: Compute,
    *,
    number: int = 1,
    key: str = "north",
    timeout: float | None = 30,
) -> list[Caller]:
    """Let so many callers ask at the same time."""
    return [Caller(once.get_or_compute(key, compute, timeout)) for _ in range(number)]


async def at_once() -> None:
    """Let everything run that can run at once."""
    await asyncio.sleep(INSTANT_S)


async def finish(callers: Iterable[Caller]) -> None:
    """Wait until all have ended; those who never would are let go after ages."""
    _, waiting = await asyncio.wait({caller.task for caller in callers}, timeout=AGES_S)
    for caller in callers:
        caller.waited_in_vain = caller.task in waiting
    await let_go(waiting)


async def let_go(tasks: Iterable["asyncio.Future[Any]"]) -> None:
    """Cancel them, and wait for their end."""
    for task in tasks:
        task.cancel()
    if left := {task for task in tasks if not task.done()}:
        await asyncio.wait(left, timeout=AGES_S)


async def get(
    once: SingleFlightCache, compute: Compute, *, key: str = "north", timeout: float | None = 30
) -> Caller:
    """Ask alone, and wait for what comes of it."""
    callers = ask(once, compute, key=key, timeout=timeout)
    await finish(callers)
    return callers[0]
