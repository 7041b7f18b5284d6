"""Cached: what was computed is kept, whatever it is, and as long as it was asked for."""

import asyncio
from typing import Any

import pytest
from django.core.cache.backends.locmem import LocMemCache

from katas.k606_stampede_cache.single_flight import SingleFlightCache
from tests.k606_stampede_cache.callers import Computation, ask, finish, get
from tests.k606_stampede_cache.network_cache import NetworkCache
from tests.k606_stampede_cache.outcomes import check_got


@pytest.mark.task(1)
async def test_computes_what_is_missing(once: SingleFlightCache, cache: NetworkCache) -> None:
    """Who asks for what is not there gets what is computed, and so it stands in the cache."""
    compute = Computation(values=[{"Lighthouse": 4211}])
    caller = await get(once, compute)

    check_got("get_or_compute(), nothing cached", [caller], {"Lighthouse": 4211}, 1)
    compute.check_runs("get_or_compute(), nothing cached", 1, 1)
    stored = await cache.aget("north")
    assert stored == {"Lighthouse": 4211}, (
        "get_or_compute('north', …) returned {'Lighthouse': 4211}: the entry 'north' of the cache "
        f"is {stored!r}; expected the value as it is. (task 1)"
    )


@pytest.mark.task(1)
async def test_takes_what_somebody_else_has_stored(
    once: SingleFlightCache, cache: NetworkCache
) -> None:
    """A value that other code has written under the key is returned, and nothing computed."""
    await cache.aset("north", "from elsewhere")
    compute = Computation()
    caller = await get(once, compute)

    what = "get_or_compute('north', …), with a value that was cached by `cache.aset`"
    check_got(what, [caller], "from elsewhere", 1)
    compute.check_runs(what, 0, 1)


@pytest.mark.task(1)
@pytest.mark.parametrize("kind", [NetworkCache, LocMemCache])
@pytest.mark.parametrize("value", [None, 0, "", [], False, "figures"])
async def test_whatever_it_is(value: object, kind: type[LocMemCache]) -> None:
    """None, 0 and whatever else is false is cached like any other value."""
    cache = NetworkCache() if kind is NetworkCache else LocMemCache("k606 plain", {})
    cache.clear()
    once = SingleFlightCache(cache)
    compute = Computation(values=[value])
    first, second = await get(once, compute), await get(once, compute)

    what = f"get_or_compute() twice, one after the other, where {value!r} is computed"
    compute.check_runs(what, 1, 1)
    check_got(what, [first, second], value, 1)


@pytest.mark.task(1)
@pytest.mark.parametrize(
    ("timeout", "age", "runs"),
    [(30, 29, 1), (30, 31, 2), (1000, 990, 1), (1000, 1010, 2), (None, 1e6, 1), (0, 0.1, 2)],
)
async def test_as_long_as_asked_for(
    once: SingleFlightCache, timeout: float | None, age: float, runs: int
) -> None:
    """A value is kept for `timeout` seconds from the storing; None is for ever, 0 not at all."""
    compute = Computation(takes=5.137)
    callers = [await get(once, compute, timeout=timeout)]
    await asyncio.sleep(age)
    callers.append(await get(once, compute, timeout=timeout))

    what = (
        f"get_or_compute(…, timeout={timeout}), which takes 5.137 s, and again {age:g} s after the "
        "first has returned"
    )
    compute.check_runs(what, runs, 1)
    check_got(what, callers[:1], "figures 1", 1)
    check_got(what, callers[1:], f"figures {runs}", 1)


@pytest.mark.task(1)
async def test_it_expires_while_somebody_looks(
    once: SingleFlightCache, cache: NetworkCache
) -> None:
    """Who looks at the moment of expiry gets the old value or a new one, and nothing else."""
    await cache.aset("north", "old", 30)
    await asyncio.sleep(29.5)
    cache.takes = 1
    caller = await get(once, Computation(values=["new"]))

    assert caller.got("old") or caller.got("new"), (
        "get_or_compute('north', …) 0.5 s before the entry 'old' expires, where each call of the "
        f"cache takes 1 s, and 'new' is computed: the caller {caller}; expected 'old' or 'new'. "
        "(task 1)"
    )


@pytest.mark.task(1)
async def test_the_loop_does_not_wait_for_the_cache(
    once: SingleFlightCache, cache: NetworkCache
) -> None:
    """The cache's sync methods are not called on the loop's thread: not to read, not to write."""
    compute: Any = Computation()
    for _ in range(2):
        await finish(ask(once, compute, number=3))

    assert not cache.on_loop, (
        "get_or_compute() three times at once, and again: on the loop's thread, these sync methods "
        f"of the cache were called: {', '.join(cache.on_loop)}; expected none. (task 1)"
    )
