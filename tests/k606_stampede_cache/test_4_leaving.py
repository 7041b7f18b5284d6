"""Leaving: those who stay get the value, whoever leaves, and whenever."""

import asyncio

import pytest

from katas.k606_stampede_cache.single_flight import SingleFlightCache
from tests.k606_stampede_cache.callers import (
    CACHE_S,
    Caller,
    Computation,
    ask,
    at_once,
    finish,
    get,
    now,
)
from tests.k606_stampede_cache.complaints import Complaints
from tests.k606_stampede_cache.network_cache import NetworkCache
from tests.k606_stampede_cache.outcomes import (
    check_ended_by,
    check_got,
    check_left,
    check_one_at_a_time,
    check_raised,
    times,
)


@pytest.mark.task(4)
@pytest.mark.parametrize(
    ("leaving", "turns"),
    [(who, 0) for who in ([0], [1], [2], [0, 1], [1, 2], [0, 2])]
    + [([0, 1], turns) for turns in range(1, 6)],
)
async def test_those_who_stay_get_the_value(
    once: SingleFlightCache, leaving: list[int], turns: int
) -> None:
    """Whoever is cancelled, and be it the first one, leaves at once; the others get the value."""
    compute = Computation()
    callers = ask(once, compute, number=3)
    await asyncio.sleep(0.137)
    left = [callers[place] for place in leaving]
    for caller in left:
        caller.task.cancel()
        for _ in range(turns):
            await asyncio.sleep(0)
    await at_once()

    who = " and ".join(str(place + 1) for place in leaving)
    what = f"get_or_compute() three times at once, caller {who} cancelled after 0.137 s"
    if turns:
        what += f", {turns} turn{'s' if turns > 1 else ''} one after the other"
    check_left(f"{what}; right after that", left, 4)
    stayed = [caller for caller in callers if caller not in left]
    latest = now() + compute.takes + CACHE_S
    await finish(stayed)
    check_one_at_a_time(what, compute)
    check_got(f"{what}; those who stayed", stayed, f"figures {compute.runs}", 4)
    check_ended_by(what, stayed, latest, 4)
    if 0 not in leaving:
        compute.check_runs(what, 1, 4)
    runs = compute.runs
    check_got(f"{what}; a call after that", [await get(once, compute)], f"figures {runs}", 4)


@pytest.mark.task(4)
async def test_some_run_out_of_time(once: SingleFlightCache) -> None:
    """Callers with a time-out of their own run into it; who has none gets the value."""
    compute = Computation(cleanup=0.013)

    async def in_time(limit: float | None) -> object:
        async with asyncio.timeout(limit):
            return await once.get_or_compute("north", compute, 30)

    limits = [0.051, 0.073, None, 0.117, 0.201]
    callers = [Caller(in_time(limit)) for limit in limits]
    await finish(callers)

    what = f"get_or_compute(), which takes {compute.takes:g} s, within time-outs of {limits}"
    for caller, limit in zip(callers, limits, strict=True):
        if limit is not None:
            assert isinstance(caller.error, TimeoutError), (
                f"{what}: the one with {limit} s {caller}; expected TimeoutError. (task 4)"
            )
    check_one_at_a_time(what, compute)
    check_got(f"{what}; the one with None", callers[2:3], f"figures {compute.runs}", 4)


@pytest.mark.task(4)
@pytest.mark.parametrize("leaves", [1, 2])
async def test_cancelled_as_it_ends(
    once: SingleFlightCache, cache: NetworkCache, leaves: int
) -> None:
    """If one is cancelled just when it is computed, or stored, the others get it."""
    cache.takes = 0
    for number in range(leaves, 4):
        for turns in range(10):
            key = f"place-{number}-{turns}"
            compute = Computation()
            callers = ask(once, compute, number=number, key=key)
            await compute.computed.wait()
            for _ in range(turns):
                await asyncio.sleep(0)
            left = callers.pop(leaves - 1)
            left.task.cancel()
            await finish([left, *callers])

            what = (
                f"get_or_compute() {times(number)}, caller {leaves} cancelled {turns} turns "
                "after it was computed"
            )
            check_one_at_a_time(what, compute)
            if not left.cancelled:
                check_got(f"{what}; that one", [left], "figures 1", 4)
            runs = compute.runs
            check_got(f"{what}; the others", callers, f"figures {runs}", 4)
            again = await get(once, compute, key=key)
            check_got(f"{what}; a call after that", [again], f"figures {compute.runs}", 4)


@pytest.mark.task(4)
async def test_it_fails_after_one_has_left(once: SingleFlightCache, complaints: Complaints) -> None:
    """If it fails when the first one has left, the others get the error, and nothing is logged."""
    compute = Computation()
    compute.errors = {run: ConnectionError(f"run {run} has failed") for run in range(1, 99)}
    callers = ask(once, compute, number=3)
    await asyncio.sleep(0.137)
    callers[0].task.cancel()
    await finish(callers)

    what = "get_or_compute() three times at once, the first one cancelled, then it fails"
    check_left(what, callers[:1], 4)
    check_raised(f"{what}; the others", callers[1:], compute.errors[compute.runs], 4)
    del callers
    complaints.check(what, 4, *compute.errors.values())


@pytest.mark.task(4)
@pytest.mark.parametrize(("number", "leaving"), [(3, [1]), (1, [0]), (3, [0, 1, 2])])
async def test_one_leaves_as_it_fails(
    once: SingleFlightCache, complaints: Complaints, number: int, leaving: list[int]
) -> None:
    """If some are cancelled just when it fails, the others get the error, and nothing is logged."""
    down = ConnectionError("the office is down")

    async def compute() -> object:
        await asyncio.sleep(0.2137)
        for place in leaving:
            callers[place].task.cancel()
        raise down

    callers = ask(once, compute, number=number)
    await finish(callers)

    who = " and ".join(str(place + 1) for place in leaving)
    what = f"get_or_compute() {times(number)}, caller {who} cancelled in the turn in which it fails"
    for place in leaving:
        if callers[place].error is not down:
            check_left(what, callers[place : place + 1], 4)
    stayed = [caller for place, caller in enumerate(callers) if place not in leaving]
    check_raised(f"{what}; the others", stayed, down, 4)
    stayed.clear()
    callers.clear()
    complaints.check(what, 4, down)
