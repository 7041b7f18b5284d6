"""Once: however many ask, a key is computed once, and keys do not wait for each other."""

import asyncio

import pytest
from django.core.cache.backends.locmem import LocMemCache

from katas.k606_stampede_cache.single_flight import SingleFlightCache
from tests.k606_stampede_cache.callers import CACHE_S, INSTANT_S, Computation, ask, finish, now
from tests.k606_stampede_cache.network_cache import NetworkCache
from tests.k606_stampede_cache.outcomes import check_ended_by, check_got


@pytest.mark.task(2)
@pytest.mark.parametrize("kind", [NetworkCache, LocMemCache])
async def test_ten_callers_compute_once(kind: type[LocMemCache]) -> None:
    """Of ten who ask at once, one computes, and all have the value as soon as it is there."""
    cache = NetworkCache() if kind is NetworkCache else LocMemCache("k606 plain", {})
    cache.clear()
    compute = Computation()
    began = now()
    callers = ask(SingleFlightCache(cache), compute, number=10)
    await finish(callers)

    what = f"get_or_compute() ten times at once, {kind.__name__}"
    compute.check_runs(what, 1, 2)
    check_got(what, callers, "figures 1", 2)
    check_ended_by(what, callers, began + compute.takes + CACHE_S, 2)


@pytest.mark.task(2)
async def test_again_when_it_has_expired(once: SingleFlightCache) -> None:
    """When the entry expires, ten callers compute it once more, and once."""
    compute = Computation()
    await finish(ask(once, compute, number=10))
    await asyncio.sleep(31)
    callers = ask(once, compute, number=10)
    await finish(callers)

    what = "get_or_compute() ten times at once, and again when the entry has expired"
    compute.check_runs(what, 2, 2)
    check_got(what, callers, "figures 2", 2)


@pytest.mark.task(2)
async def test_who_comes_later_shares_it(once: SingleFlightCache, cache: NetworkCache) -> None:
    """Who asks while it is being computed gets that value, at the same time as the others."""
    # Nothing but the computation takes time, so who comes an instant later has not waited for it.
    cache.takes = 0
    compute = Computation(takes=0.213731)
    began = now()
    callers = ask(once, compute)
    for _ in range(3):
        await asyncio.sleep(0.06)
        callers += ask(once, compute, number=2)
    await finish(callers)

    what = f"get_or_compute(), and again 60, 120 and 180 ms later; it takes {compute.takes:g} s"
    compute.check_runs(what, 1, 2)
    check_got(what, callers, "figures 1", 2)
    check_ended_by(what, callers, began + compute.takes + INSTANT_S, 2)


@pytest.mark.task(2)
@pytest.mark.parametrize("timeout", [30, 0])
async def test_who_has_looked_too_early(
    once: SingleFlightCache, cache: NetworkCache, timeout: float
) -> None:
    """Who asks while it is being computed does not compute it, however late the cache answers."""
    compute = Computation()
    callers = ask(once, compute, timeout=timeout)
    await asyncio.sleep(0.1)
    cache.takes = 0.3
    callers += ask(once, compute, number=2, timeout=timeout)
    await asyncio.sleep(0.01)
    cache.takes = 0.001
    await finish(callers)

    what = (
        f"get_or_compute(…, timeout={timeout}), and again by two callers 0.1 s later, whom the "
        "cache tells after 0.3 s that nothing was there when they asked; by then it is computed"
    )
    compute.check_runs(what, 1, 2)
    check_got(what, callers, "figures 1", 2)


@pytest.mark.task(2)
async def test_one_who_comes_while_it_is_stored(
    once: SingleFlightCache, cache: NetworkCache
) -> None:
    """Who asks when it has been computed, but is not stored yet, does not compute it."""
    compute = Computation()
    callers = ask(once, compute)
    await asyncio.sleep(0.1)
    cache.takes = 0.3
    await compute.computed.wait()
    await asyncio.sleep(0.1)
    callers += ask(once, compute, number=2)
    await finish(callers)

    what = "get_or_compute(), and again by two callers while it is being stored, which takes 0.3 s"
    compute.check_runs(what, 1, 2)
    check_got(what, callers, "figures 1", 2)


@pytest.mark.task(2)
async def test_the_value_does_not_come_from_the_cache(once: SingleFlightCache) -> None:
    """With a timeout of 0, nothing is kept, and ten who ask at once share the value still."""
    compute = Computation()
    began = now()
    callers = ask(once, compute, number=10, timeout=0)
    await finish(callers)

    what = "get_or_compute(…, timeout=0) ten times at once"
    compute.check_runs(what, 1, 2)
    check_got(what, callers, "figures 1", 2)
    check_ended_by(what, callers, began + compute.takes + CACHE_S, 2)


@pytest.mark.task(2)
async def test_keys_do_not_wait_for_each_other(
    once: SingleFlightCache, cache: NetworkCache
) -> None:
    """Forty keys are computed at the same time."""
    # Who calls the sync methods in one thread asks for one key after the other.
    cache.takes = 0
    computing = {f"place-{number}": Computation(values=[number]) for number in range(40)}
    began = now()
    callers = {key: ask(once, compute, key=key, number=2) for key, compute in computing.items()}
    await finish([caller for asked in callers.values() for caller in asked])

    for number, (key, asked) in enumerate(callers.items()):
        what = f"get_or_compute() of 40 keys at once, each twice; {key!r}"
        check_got(what, asked, number, 2)
        computing[key].check_runs(what, 1, 2)
        check_ended_by(what, asked, began + computing[key].takes + CACHE_S, 2)


@pytest.mark.task(2)
async def test_one_key_asks_for_another(once: SingleFlightCache) -> None:
    """What is computed for one key may itself ask for another one."""
    south = Computation(values=[1])

    async def north() -> int:
        there: int = await once.get_or_compute("south", south, 30)
        return there + 1

    callers = ask(once, north, number=3)
    await finish(callers)

    check_got("get_or_compute('north', …), whose computation asks for 'south'", callers, 2, 2)


@pytest.mark.task(2)
async def test_two_caches_share_nothing(once: SingleFlightCache) -> None:
    """Two objects in front of two caches each have their own value under the same key."""
    here, there = Computation(values=["here"]), Computation(values=["there"])
    other = SingleFlightCache(NetworkCache())
    callers = ask(once, here) + ask(other, there)
    await finish(callers)

    what = "get_or_compute('north', …) of two objects with a cache each, at once"
    check_got(f"{what}; the first one", callers[:1], "here", 2)
    check_got(f"{what}; the second one", callers[1:], "there", 2)
