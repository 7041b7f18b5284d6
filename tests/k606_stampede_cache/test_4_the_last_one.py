"""The last one: ends the computation, and is in nobody's way."""

import asyncio

import pytest

from katas.k606_stampede_cache.single_flight import SingleFlightCache
from tests.k606_stampede_cache.callers import Computation, ask, finish, get
from tests.k606_stampede_cache.complaints import Complaints
from tests.k606_stampede_cache.outcomes import check_got, check_left, check_one_at_a_time, times


@pytest.mark.task(4)
@pytest.mark.parametrize("gap", [0, 0.02])
@pytest.mark.parametrize("number", [1, 3])
async def test_the_last_one_ends_it(once: SingleFlightCache, number: int, gap: float) -> None:
    """When all have left, the computation is cancelled, has cleaned up, and stores nothing."""
    compute = Computation(cleanup=0.059)
    callers = ask(once, compute, number=number)
    await asyncio.sleep(0.117)
    for caller in callers:
        caller.task.cancel()
        await asyncio.sleep(gap)
    await finish(callers)
    still, state = compute.running, compute.state

    what = f"get_or_compute() {times(number)}, all cancelled, {gap:g} s one after the other"
    # So that what goes on all the same does not outlive the test.
    await asyncio.sleep(1)
    check_left(what, callers, 4)
    assert not still, (
        f"{what}: when the last call has ended, the computation is still {state}; expected it to "
        "have ended. (task 4)"
    )
    check_one_at_a_time(what, compute)
    runs = compute.runs
    again = await get(once, compute)
    check_got(f"{what}; a call after that", [again], f"figures {runs + 1}", 4)


@pytest.mark.task(4)
@pytest.mark.parametrize("number", [1, 2])
async def test_one_who_comes_during_the_clean_up(once: SingleFlightCache, number: int) -> None:
    """Who asks while a cancelled computation is cleaning up gets a value."""
    compute = Computation(cleanup=0.083)
    callers = ask(once, compute, number=number)
    await asyncio.sleep(0.117)
    for caller in callers:
        caller.task.cancel()
    await asyncio.sleep(0.037)
    late = ask(once, compute, number=2)
    await finish([*callers, *late])

    what = (
        f"get_or_compute() {times(number)}, all cancelled, and twice 37 ms later, while the "
        "computation needs 83 ms to clean up"
    )
    check_left(what, callers, 4)
    check_got(f"{what}; those two", late, "figures 2", 4)
    compute.check_runs(what, 2, 4)
    check_got(
        f"{what}; a call after that", [await get(once, compute)], f"figures {compute.runs}", 4
    )


@pytest.mark.task(4)
async def test_one_who_comes_after_the_clean_up(once: SingleFlightCache) -> None:
    """The clean-up ends, and who asks then shares what has been begun during the clean-up."""
    compute = Computation(cleanup=0.083)
    callers = ask(once, compute)
    await asyncio.sleep(0.117)
    callers[0].task.cancel()
    await asyncio.sleep(0.037)
    late = ask(once, compute)
    await asyncio.sleep(0.093)
    late += ask(once, compute)
    await finish([*callers, *late])

    what = (
        "get_or_compute(), cancelled, again 37 ms later, while the computation needs 83 ms to "
        "clean up, and once more 93 ms after that, while the second one computes"
    )
    check_left(what, callers, 4)
    compute.check_runs(what, 2, 4)
    check_got(f"{what}; those two", late, "figures 2", 4)


@pytest.mark.task(4)
async def test_the_clean_up_fails(once: SingleFlightCache, complaints: Complaints) -> None:
    """If the clean-up raises when all have left, nothing is logged, and the next one computes."""
    compute = Computation(cleanup=0.013)
    down = compute.cleanup_error = ConnectionError("the line could not be closed")
    callers = ask(once, compute, number=2)
    await asyncio.sleep(0.117)
    for caller in callers:
        caller.task.cancel()
    await finish(callers)
    compute.cleanup_error = None

    what = "get_or_compute() twice at once, both cancelled, and then the clean-up raises"
    again = await get(once, compute)
    check_got(f"{what}; a call after that", [again], f"figures {compute.runs}", 4)
    for caller in callers:
        assert caller.cancelled or caller.error is down, (
            f"{what}: a caller {caller}; expected CancelledError, or what was raised. (task 4)"
        )
    del callers, caller
    complaints.check(what, 4, down)


@pytest.mark.task(4)
@pytest.mark.parametrize("number", [1, 2])
async def test_the_clean_up_fails_for_one(
    once: SingleFlightCache, complaints: Complaints, number: int
) -> None:
    """What the clean-up raises comes out of no call but the cancelled one."""
    compute = Computation(cleanup=0.083)
    down = compute.cleanup_error = ConnectionError("the line could not be closed")
    callers = ask(once, compute, number=number)
    await asyncio.sleep(0.117)
    callers[0].task.cancel()
    await asyncio.sleep(0.037)
    others = [*callers[1:], *ask(once, compute)]
    await finish([callers[0], *others])

    what = (
        f"get_or_compute() {times(number)}, the first one cancelled, and once more 37 ms later, "
        "where a clean-up needs 83 ms and raises"
    )
    check_got(f"{what}; those who were not cancelled", others, f"figures {compute.runs}", 4)
    assert callers[0].cancelled or callers[0].error is down, (
        f"{what}: the cancelled one {callers[0]}; expected CancelledError, or what was raised. "
        "(task 4)"
    )
    del callers, others
    complaints.check(what, 4, down)
