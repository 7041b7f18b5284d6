"""Lines: each subscriber gets each of them, in order, at once."""

import asyncio

import pytest

from dojo.instruments.clock import Clock
from katas.k603_slow_consumer.hub import Hub
from tests.k603_slow_consumer.match import at_once, check, publish, read, take_and_cancel

# More than anybody is behind in these tests.
PLENTY = 50


@pytest.mark.task(1)
async def test_lines_come_in_their_order() -> None:
    """A subscriber gets the lines that are published, in that order."""
    hub = Hub(PLENTY)
    with hub.subscribe() as subscription:
        publish(hub, 1, 3)
        items = await read(subscription, most=1)
        publish(hub, 4)
        items += await read(subscription)

    check(
        "lines 1 to 3 published, one read, line 4 published, the rest read", items, [1, 2, 3, 4], 1
    )


@pytest.mark.task(1)
async def test_every_subscriber_gets_every_line() -> None:
    """Each of two subscribers gets each line, whatever the other one has read."""
    hub = Hub(PLENTY)
    with hub.subscribe() as one, hub.subscribe() as two:
        publish(hub, 1, 2)
        first = await read(one)
        publish(hub, 3)
        first += await read(one)
        second = await read(two)

    check("the first of two subscribers, lines 1 to 3 published", first, [1, 2, 3], 1)
    check("the second of two subscribers, lines 1 to 3 published", second, [1, 2, 3], 1)


@pytest.mark.task(1)
async def test_who_waits_is_woken_at_once(clock: Clock) -> None:
    """A subscriber who waits gets a line without any time passing after it was published."""
    hub = Hub(PLENTY)
    with hub.subscribe() as subscription:
        for number in (1, 2):
            waiting = asyncio.ensure_future(subscription.next())
            await asyncio.sleep(1.137)
            assert not waiting.done(), (
                f"line {number} not yet published: `next()` has ended; expected it to wait. "
                "(task 1)"
            )
            publish(hub, number)
            await at_once()
            woken = waiting.done()
            waiting.cancel()
            await asyncio.wait({waiting})
            assert woken, (
                f"a subscriber waits for 1.137 s, line {number} is published at "
                f"t={clock.now:g} s: `next()` still waits at that moment; expected the line, "
                "without any time passing. (task 1)"
            )
            check(
                f"a subscriber waits, line {number} is published", [waiting.result()], [number], 1
            )


@pytest.mark.task(1)
async def test_lines_from_the_subscription_on() -> None:
    """What was published before the `with` block does not come."""
    hub = Hub(PLENTY)
    publish(hub, 1, 2)
    with hub.subscribe() as subscription:
        publish(hub, 3)
        items = await read(subscription)

    check("lines 1 and 2 published before the subscription, line 3 after", items, [3], 1)


@pytest.mark.task(1)
async def test_two_hubs_share_nothing() -> None:
    """What is published on one hub does not come from another one."""
    hub, other = Hub(PLENTY), Hub(PLENTY)
    with hub.subscribe() as subscription, other.subscribe():
        publish(other, 1)
        publish(hub, 2)
        items = await read(subscription)

    check("line 1 published on another hub, line 2 on this one", items, [2], 1)


@pytest.mark.task(1)
@pytest.mark.parametrize("published", [0, 1])
async def test_a_cancelled_wait_loses_nothing(published: int) -> None:
    """A `next()` that is cancelled, as by a time-out, takes no line with it."""
    hub = Hub(PLENTY)
    moment = "in the very moment in which line 1 is published" if published else "in between"
    with hub.subscribe() as subscription:
        waiting = asyncio.ensure_future(subscription.next())
        await at_once()
        publish(hub, 1, published)
        waiting.cancel()
        await asyncio.wait({waiting})
        # A `next()` that was faster than its cancellation is right, too.
        items = [] if waiting.cancelled() else [waiting.result()]
        publish(hub, published + 1, 3)
        items += await read(subscription)

    what = f"a `next()` that waits is cancelled {moment}; lines 1 to 3 published in all"
    check(what, items, [1, 2, 3], 1)


@pytest.mark.task(1)
@pytest.mark.parametrize("turns", range(4))
async def test_a_cancelled_taking_loses_nothing(turns: int) -> None:
    """A `next()` that finds a line and is cancelled, however soon, takes no line with it."""
    hub = Hub(PLENTY)
    with hub.subscribe() as subscription:
        publish(hub, 1, 3)
        items = await take_and_cancel(subscription, turns)
        items += await read(subscription)

    what = f"lines 1 to 3 published; `next()` is called, and cancelled {turns} turns later"
    check(what, items, [1, 2, 3], 1)
