"""Real limits count what the process could have run, not what others took from it."""

import math
import multiprocessing
import os
import sys
import threading

import pytest

from dojo.instruments import patience
from dojo.instruments.patience import FRESH_S, MOST, Stopwatch
from dojo.instruments.simulation import REAL

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]


class Machine:
    """A wall clock and a run queue that the test sets."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        self.queued, self.server = {"1": 7.0}, {"9": 3.0}
        self.looks = 0
        monkeypatch.setattr(patience, "REAL", self)
        monkeypatch.setattr(patience, "_queued", self.look)
        monkeypatch.setattr(patience, "_last", (-math.inf, {}))

    def look(self) -> list[patience.Account]:
        """Read the accounts."""
        self.looks += 1
        return [dict(self.queued), dict(self.server)]

    def monotonic(self) -> float:
        """Return what the wall clock shows."""
        return self.now


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """The machine that is measured."""
    return Machine(monkeypatch)


def test_waiting_counts(machine: Machine) -> None:
    """Who waits for something else than a processor uses up the limit."""
    watch = Stopwatch()
    machine.now += 4.9
    assert not watch.is_over(5)
    machine.now += 0.1
    assert watch.is_over(5)


def test_standing_in_the_queue_does_not(machine: Machine) -> None:
    """Of the thread that stood there longest, even if it was not there at the start."""
    watch = Stopwatch()
    machine.now += 9
    machine.queued = {"1": 9.0, "2": 5.0}
    assert watch.seconds(5) == 4
    assert not watch.is_over(5)
    machine.now += 1
    assert watch.is_over(5)


def test_nor_does_waiting_for_a_server_that_stands_there(machine: Machine) -> None:
    """One process of it at a time; and before or after it, we may stand there, too."""
    watch = Stopwatch()
    machine.now += 9
    machine.server = {"9": 3.5, "10": 2.0}
    assert watch.seconds(5) == 7
    machine.queued["1"] += 2.5
    assert watch.seconds(5) == 4.5


def test_what_was_queued_before_is_not_taken_off_again(machine: Machine) -> None:
    """Each watch counts from its own start."""
    machine.now += 1  # the limit of this test has looked already
    machine.queued["1"] += 10
    watch = Stopwatch()
    machine.now += 5
    assert watch.is_over(5)


def test_limits_that_begin_together_share_one_look(machine: Machine) -> None:
    """What was queued between the look and the start of the later ones is taken off: a moment."""
    machine.now += 1
    machine.looks = 0
    first = Stopwatch()
    machine.now += FRESH_S / 2
    machine.queued["1"] += FRESH_S / 2
    second = Stopwatch()
    assert machine.looks == 1
    machine.now += FRESH_S
    third = Stopwatch()
    assert machine.looks == 2
    machine.now += 5
    counted = [watch.seconds(5) for watch in (first, second, third)]
    assert counted == pytest.approx([5 + FRESH_S, 5 + FRESH_S / 2, 5])


def test_the_wall_clock_has_the_last_word(machine: Machine) -> None:
    """Twelve limits later it is over, whatever the threads were doing."""
    watch = Stopwatch()
    machine.now += 5 * MOST - 0.5
    machine.queued["1"] += 5 * MOST
    assert not watch.is_over(5)
    machine.now += 0.5
    assert watch.is_over(5)


@pytest.mark.skipif(sys.platform != "linux", reason="the account is Linux's")
def test_the_account_of_linux_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has to share a processor gains time in the queue: a thread, and a server's child."""
    (cpu, *_) = os.sched_getaffinity(0)
    context = multiprocessing.get_context("spawn")
    rival = context.Process(target=_burn, args=(cpu,), daemon=True)
    rival.start()
    monkeypatch.setattr(patience, "servers", {os.getpid()})
    seen = [0.0, 0.0]

    def run() -> None:
        os.sched_setaffinity(0, {cpu})
        names = (f"/proc/self/task/{threading.get_native_id()}", f"/proc/{rival.pid}")
        before, until = patience._queued(), REAL.monotonic() + 20
        while min(seen) < 0.05 and REAL.monotonic() < until:
            now = patience._queued()
            seen[:] = (now[i][name] - before[i][name] for i, name in enumerate(names))

    try:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    finally:
        rival.kill()
        rival.join()
    assert min(seen) >= 0.05


def _burn(cpu: int) -> None:
    os.sched_setaffinity(0, {cpu})
    while True:
        sum(range(100_000))
