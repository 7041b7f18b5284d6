"""Virtual time for every test, and the fixture `clock` that reads it.

Why a clock of our own: three libraries were tried in 27 situations of async Django and two hangs,
on Python 3.11 to 3.13 and Django 5.2 and 6.1. Out of 27 they hold in

* looptime 0.9: 9. It fails with sync-only middleware and nested `async_to_sync`, with a time-out
  around busy threads or the ORM, with `time.sleep` in threads, and with disconnects.
* async-solipsism 0.10 (GPL-3): 11. It runs the jobs of executors on the loop's thread, so the
  time-outs hold; the rest of that list fails, and so do 1e-7 s and three days.
* aiotools 2.2.4: 13. It holds with sync middleware and nested `async_to_sync`, but not with a
  stream, time-outs around threads, disconnects, or `time.sleep` in more than one thread.

None of them holds in a test that is not asynchronous, and none makes the code's own stopwatch
virtual. All three hang on ``await asyncio.sleep(0)`` in a loop, and all but async-solipsism on an
await that can never end. Here all of it holds, because threads
take part: see `simulation` for the rule, `virtual_loop`, `thread_patches` and `time_patches` for
those who follow it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Mapping

import pytest

from dojo.instruments import findings, time_patches
from dojo.instruments.findings import CheckFailed, Finding
from dojo.instruments.measured import Draw, Seconds
from dojo.instruments.simulation import REAL, VirtualTime, virtual_time
from dojo.instruments.stuck import Stuck

# On import, which `-p` makes early: nothing that will be judged has bound `time.sleep` yet.
time_patches.install()


class Clock:
    """The time of one test in seconds: virtual, or real under ``@pytest.mark.realtime``."""

    def __init__(self, time: VirtualTime | None) -> None:
        self.virtual = time is not None
        self._time = time
        self._body_began = self._started = self._read()
        #: Drawn when a comparison with `elapsed` fails; the timeline puts its chart here.
        self.chart: Draw = lambda at_most: ""

    def __repr__(self) -> str:
        return "clock"

    def _read(self) -> float:
        return REAL.monotonic() if self._time is None else self._time.now

    @property
    def now(self) -> float:
        """The seconds since the test's body began."""
        return round(self._read() - self._body_began, 9)

    @property
    def elapsed(self) -> Seconds:
        """The seconds since the test's body began, or since `restart`."""
        seconds = round(self._read() - self._started, 9)
        return Seconds.of(seconds, "elapsed", self.chart, unit=" s")

    def restart(self) -> None:
        """Let `elapsed` count from here."""
        self._started = self._read()

    def set_wall_clock(self, seconds: float) -> None:
        """Set the clock of the machine forward by so many *seconds*, back if there is a minus.

        As people and NTP servers do: `time.time` jumps; `time.monotonic`, `time.perf_counter`, and
        with them all sleeps and deadlines, do not.

        Raises:
            RuntimeError: The test runs in real time.
        """
        if self._time is None:
            raise RuntimeError("a test in real time can't set the clock of the machine")
        self._time.epoch += seconds

    def begin(self) -> None:
        """Let all count from here: the fixtures are done."""
        self._body_began = self._started = self._read()


_clock = pytest.StashKey[Clock]()
_time = pytest.StashKey[VirtualTime]()


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark that leaves virtual time."""
    config.addinivalue_line("markers", "realtime: run this test on the real clock")


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Give the test a clock of its own, fixtures included.

    Last, so innermost: pytest-timeout has started its timer by then, and it stays real.
    """
    if item.get_closest_marker("realtime"):
        item.stash[_clock] = Clock(None)
        return (yield)
    with virtual_time() as time:
        item.stash[_time], item.stash[_clock] = time, Clock(time)
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test in which something got stuck, whatever the code under test did about it."""
    item.stash[_clock].begin()
    try:
        return (yield)
    except Stuck as stuck:
        raise CheckFailed([Finding(str(stuck))]) from None
    finally:
        if time := item.stash.get(_time, None):
            time.judged = True
            for problem in time.problems:
                findings.record(Finding(problem))


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Make pytest-asyncio use the loop of the clock; a single factory leaves test ids alone."""
    return {"clock": time_patches.new_event_loop}


@pytest.fixture
def clock(request: pytest.FixtureRequest) -> Clock:
    """Read the time of this test."""
    clock: Clock = request.node.stash[_clock]
    return clock
