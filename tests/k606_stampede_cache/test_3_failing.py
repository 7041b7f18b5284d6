"""Failing: an error reaches all who wait for it, at once, and nobody after them."""

import asyncio

import pytest

from katas.k606_stampede_cache.single_flight import SingleFlightCache
from tests.k606_stampede_cache.callers import CACHE_S, Caller, Computation, ask, finish, get, now
from tests.k606_stampede_cache.complaints import Complaints
from tests.k606_stampede_cache.network_cache import NetworkCache
from tests.k606_stampede_cache.outcomes import check_ended_by, check_got, check_raised, times


@pytest.mark.task(3)
@pytest.mark.parametrize("number", [1, 10])
async def test_an_error_reaches_all_who_wait(
    once: SingleFlightCache, complaints: Complaints, number: int
) -> None:
    """What `compute` raises comes out of each call, at once, and asyncio has nothing to log."""
    compute = Computation()
    down = ConnectionError("the office is down")
    compute.errors = dict.fromkeys(range(1, 99), down)
    began = now()
    callers = ask(once, compute, number=number)
    await finish(callers)

    what = f"get_or_compute() {times(number)}, whose computation raises"
    compute.check_runs(what, 1, 3)
    check_raised(what, callers, down, 3)
    check_ended_by(what, callers, began + compute.takes + CACHE_S, 3)
    del callers
    complaints.check(what, 3, down)


@pytest.mark.task(3)
async def test_the_next_ones_compute_anew(once: SingleFlightCache) -> None:
    """After an error, the next ones compute, and then it is cached."""
    compute = Computation()
    compute.errors[1] = ConnectionError("the office is down")
    await finish(ask(once, compute, number=3))
    callers = ask(once, compute, number=3)
    await finish(callers)
    callers.append(await get(once, compute))

    what = "get_or_compute() three times at once, which fails, three times again, and once more"
    check_got(what, callers, "figures 2", 3)
    compute.check_runs(what, 2, 3)


@pytest.mark.task(3)
async def test_again_in_the_same_breath(once: SingleFlightCache) -> None:
    """Who asks again as soon as the error comes out does not get the old error once more."""
    compute = Computation()
    compute.errors[1] = ConnectionError("the office is down")

    async def try_twice() -> object:
        try:
            return await once.get_or_compute("north", compute, 30)
        except ConnectionError:
            return await once.get_or_compute("north", compute, 30)

    callers = [Caller(try_twice()) for _ in range(10)]
    await finish(callers)

    what = "get_or_compute() ten times at once, which fails, and by each at once again"
    check_got(what, callers, "figures 2", 3)
    compute.check_runs(what, 2, 3)


@pytest.mark.task(3)
@pytest.mark.parametrize("fails", ["get", "set"])
async def test_an_error_of_the_cache(
    once: SingleFlightCache, cache: NetworkCache, complaints: Complaints, fails: str
) -> None:
    """If the cache can't be read, or written, that error reaches all, and the next ones compute."""
    compute = Computation()
    down = cache.errors[fails] = ConnectionError("the cache is down")
    callers = ask(once, compute, number=3)
    await finish(callers)
    what = f"get_or_compute() three times at once, where `cache.a{fails}` raises"
    check_raised(what, callers, down, 3)

    cache.errors.clear()
    before = compute.runs
    callers = ask(once, compute, number=3)
    await finish(callers)
    what += "; three times again, when the cache is back"
    check_got(what, callers, f"figures {before + 1}", 3)
    compute.check_runs(what, before + 1, 3)
    del callers
    complaints.check(what, 3, down)


@pytest.mark.task(3)
async def test_an_error_of_one_key_is_not_that_of_another(once: SingleFlightCache) -> None:
    """While one key fails, another one is computed."""
    north, south = Computation(takes=0.137), Computation()
    down = north.errors[1] = ConnectionError("no line to the north")
    failing = ask(once, north, number=2)
    others = ask(once, south, number=2, key="south")
    await finish([*failing, *others])

    what = "get_or_compute() of 'north', which fails after 0.137 s, and of 'south' at once"
    check_raised(f"{what}; 'north'", failing, down, 3)
    check_got(f"{what}; 'south'", others, "figures 1", 3)


@pytest.mark.task(3)
async def test_one_who_comes_as_it_fails(once: SingleFlightCache) -> None:
    """Who asks when the error has just been raised gets that error, or a new value."""
    for turns in range(6):
        compute = Computation()
        down = compute.errors[1] = ConnectionError("the office is down")
        callers = ask(once, compute, number=2, key=f"place-{turns}")
        await compute.computed.wait()
        for _ in range(turns):
            await asyncio.sleep(0)
        late = ask(once, compute, key=f"place-{turns}")
        await finish([*callers, *late])

        what = f"get_or_compute() twice at once, which fails, and once more {turns} turns later"
        check_raised(what, callers, down, 3)
        if late[0].error is not down:
            check_got(what, late, "figures 2", 3)
