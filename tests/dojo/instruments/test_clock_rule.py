"""The rule behind the clock, and the patches that apply it."""

import asyncio
import subprocess
import sys
import threading
import time
from time import time as bound_before

import pytest

from dojo.instruments.clock import Clock
from dojo.instruments.simulation import Instant, virtual_time
from dojo.instruments.virtual_loop import VirtualLoop
from tests.dojo.instruments.child import ROOT


def test_clocks_nest(clock: Clock) -> None:
    """A test may run tests: its own clock stands still meanwhile, and goes on afterwards."""
    time.sleep(1)
    with virtual_time() as inner:
        asyncio.run(asyncio.sleep(5))
        assert inner.now == 5
    assert clock.now == 1
    time.sleep(1)
    assert clock.now == 2


@pytest.mark.realtime
def test_without_a_clock_nothing_is_virtual() -> None:
    """Loops, threads and pools are the ordinary ones."""
    loop = asyncio.new_event_loop()
    loop.close()
    assert not isinstance(loop, VirtualLoop)
    assert not isinstance(time.monotonic(), Instant)
    thread = threading.Thread(target=time.sleep, args=(0.01,))
    thread.start()
    thread.join()


TAKEN_BACK = """
from dojo.instruments import time_patches as patches

def now():
    return [getattr(owner, name) for owner, name, _ in patches.PATCHES]

before = now()
patches.install(); patches.install()
assert now() == [patched for *_, patched in patches.PATCHES]
patches.uninstall(); patches.uninstall()
assert now() == before
"""


@pytest.mark.timeout(60)
def test_patches_can_be_taken_back() -> None:
    """All of them, and twice does no harm. In a process without other patches upon them."""
    subprocess.run([sys.executable, "-c", TAKEN_BACK], check=True, cwd=ROOT, timeout=50)


def test_differences_of_readings_are_exact() -> None:
    """Floats alone would say 0.09999999999999998, and since the epoch 0.09999990463256836."""
    assert 0.3 - 0.2 < 0.1
    assert Instant(0.3) - Instant(0.2) == 0.1
    assert Instant(0.3, 1.7e9) - Instant(0.2, 1.7e9) == 0.1
    assert Instant(0.3) - 0.1 == 0.3 - 0.1
    assert (0.1 + 0.2) - Instant(0.3) == 0
    assert 0.5 - Instant(0.3, 100) == -99.8
    assert Instant(0.3, 100) == 100.3
    assert Instant(0.3, 100) - Instant(0.2, 160) == -59.9


async def test_somebody_sets_the_clock_of_the_machine(clock: Clock) -> None:
    """`time.time` jumps, by every name that is bound to it; what only counts goes on."""
    before = time.time(), bound_before(), time.time_ns(), time.monotonic(), time.perf_counter()
    clock.set_wall_clock(-3600)
    await asyncio.sleep(0.25)
    after = time.time(), bound_before(), time.time_ns(), time.monotonic(), time.perf_counter()

    passed = [later - earlier for earlier, later in zip(before, after, strict=True)]
    assert passed == [-3599.75, -3599.75, -3599_750_000_000, 0.25, 0.25]
    assert clock.elapsed == 0.25


@pytest.mark.realtime
def test_in_real_time_nobody_sets_the_clock(clock: Clock) -> None:
    """It is not ours."""
    with pytest.raises(RuntimeError, match="real time"):
        clock.set_wall_clock(60)


async def test_equal_deadlines_wake_in_the_order_of_submission(clock: Clock) -> None:
    """Not in the order in which the machine happened to start the threads."""
    order: list[int] = []

    def work(number: int) -> None:
        time.sleep(0.2)
        order.append(number)

    await asyncio.gather(*(asyncio.to_thread(work, number) for number in range(5)))
    assert order == sorted(order)
    assert clock.now == 0.2
