"""Leftovers: nothing of a key or a loop stays, and an object serves many loops."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync

from katas.k606_stampede_cache.single_flight import SingleFlightCache
from tests.k606_stampede_cache import traces
from tests.k606_stampede_cache.callers import Computation, ask, finish
from tests.k606_stampede_cache.outcomes import check_got

#: So many keys, or loops, are used between two counts.
MANY = 20


def check_nothing_kept(
    what: str, before: dict[str, int], once: SingleFlightCache, task: int = 5
) -> None:
    """Fail if more is kept than *before*, where less than one object for each key may be."""
    __tracebackhide__ = True
    grown = {
        name: number - before.get(name, 0)
        for name, number in traces.kept_by(once).items()
        if number - before.get(name, 0) >= MANY
    }
    told = ", ".join(f"`{name}` keeps {number} objects more" for name, number in grown.items())
    assert not grown, f"{what}: {told} than before; expected nothing to be kept. (task {task})"


async def all_is_well(once: SingleFlightCache, key: str) -> None:
    """Three ask, and get it."""
    await finish(ask(once, Computation(), number=3, key=key))


async def it_fails(once: SingleFlightCache, key: str) -> None:
    """Three ask, and get an error."""
    compute = Computation()
    compute.errors = dict.fromkeys(range(1, 9), ConnectionError("the office is down"))
    callers = ask(once, compute, number=3, key=key)
    await finish(callers)
    assert all(caller.error for caller in callers)


async def all_leave(once: SingleFlightCache, key: str) -> None:
    """Three ask, and are cancelled one after the other."""
    callers = ask(once, Computation(), number=3, key=key)
    for caller in callers:
        await asyncio.sleep(0.01)
        caller.task.cancel()
    await finish(callers)


async def the_first_one_leaves(once: SingleFlightCache, key: str) -> None:
    """Three ask, and one of them is cancelled."""
    callers = ask(once, Computation(), number=3, key=key)
    await asyncio.sleep(0.01)
    callers[0].task.cancel()
    await finish(callers)


async def hit(once: SingleFlightCache, key: str) -> None:
    """Three ask, and three more when it is there."""
    await all_is_well(once, key)
    await all_is_well(once, key)


@pytest.mark.task(5)
@pytest.mark.parametrize(
    "happens",
    [all_is_well, hit, it_fails, all_leave, the_first_one_leaves],
    ids=lambda f: f.__name__,
)
async def test_nothing_of_a_key_is_kept(
    once: SingleFlightCache, happens: Callable[[SingleFlightCache, str], Any]
) -> None:
    """After 20 keys, no more hangs on the object and its modules than after one."""
    await happens(once, "first")
    before = traces.kept_by(once)
    for number in range(MANY):
        await happens(once, f"place-{number}")

    what = f"get_or_compute() of {MANY} keys, where each time {happens.__doc__}"
    check_nothing_kept(what, before, once)


@pytest.mark.task(5)
def test_one_loop_after_the_other(once: SingleFlightCache) -> None:
    """One object serves loops one after the other: the same key, and a new computation."""
    for number in (1, 2, 3):

        async def three(compute: Computation) -> list[Any]:
            callers = ask(once, compute, number=3, timeout=0)
            await finish(callers)
            return callers

        compute = Computation()
        callers = async_to_sync(three)(compute)
        what = f"async_to_sync, three callers at once, on loop {number} of one object"
        check_got(what, callers, "figures 1", 5)
        compute.check_runs(what, 1, 5)


@pytest.mark.task(5)
def test_nothing_of_a_loop_is_kept(once: SingleFlightCache) -> None:
    """After 20 loops, no more hangs on the object and its modules than after one."""
    async_to_sync(all_is_well)(once, "first")
    before = traces.kept_by(once)
    for number in range(MANY):
        async_to_sync(all_is_well)(once, f"place-{number}")

    check_nothing_kept(f"get_or_compute() on {MANY} loops, by async_to_sync", before, once)


@pytest.mark.task(5)
@pytest.mark.parametrize("delay", [0, 0.05])
def test_two_loops_at_the_same_time(once: SingleFlightCache, delay: float) -> None:
    """Two threads, each with its own loop, ask for a key, and each computes it once at most."""
    answers: dict[str, list[Any]] = {}
    computing: dict[str, Computation] = {}

    async def three(name: str, wait: float) -> None:
        await asyncio.sleep(wait)
        computing[name] = Computation(values=["figures"] * 9)
        answers[name] = []
        for _ in range(3):
            answers[name] += ask(once, computing[name])
            await asyncio.sleep(0.06)
        await finish(answers[name])

    threads = [
        # In debug mode, a loop says if it is woken from another thread in an unsafe way; otherwise
        # it may or may not wake up.
        threading.Thread(target=asyncio.run, args=(three(name, wait),), kwargs={"debug": True})
        for name, wait in [("one", 0), ("two", delay)]
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for name in ("one", "two"):
        what = (
            "three callers, 60 ms one after the other, in each of two threads, each with its own "
            f"loop, the second {delay:g} s later; thread {name}"
        )
        check_got(what, answers[name], "figures", 5)
        assert computing[name].runs <= 1, (
            f"{what}: computed {computing[name].runs} times; expected once at most. (task 5)"
        )
