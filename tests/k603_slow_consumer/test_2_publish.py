"""Publishing: waits for nobody, and nobody waits for somebody else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from katas.k603_slow_consumer.hub import Hub, Subscription
from tests.k603_slow_consumer.match import Item, at_once, check, publish, read

CAPACITY = 3
LINES = 10


@pytest.mark.task(2)
async def test_publish_is_a_plain_function() -> None:
    """`publish` is done when it returns, also when nobody is subscribed, or everybody."""
    hub = Hub(CAPACITY)
    publish(hub, 1)
    with hub.subscribe() as one, hub.subscribe():
        publish(hub, 2)
        await read(one)
        publish(hub, 3)


@pytest.mark.task(2)
async def test_publish_goes_on_when_somebody_is_full() -> None:
    """However far a subscriber is behind, `publish` returns, and raises nothing."""
    hub = Hub(CAPACITY)
    with hub.subscribe():
        for number in range(1, LINES + 1):
            try:
                publish(hub, number)
            except (asyncio.QueueFull, IndexError) as error:
                pytest.fail(
                    f"hub.publish(line {number}), with {number - 1} lines published before and a "
                    f"subscriber who reads none: raised {error!r}; expected it to return. (task 2)",
                    pytrace=False,
                )
        await at_once()


@pytest.mark.task(2)
async def test_publish_goes_on_when_a_wait_was_cancelled() -> None:
    """A `next()` that was cancelled a moment before keeps a line from nobody."""
    hub = Hub(CAPACITY)
    with hub.subscribe() as one, hub.subscribe() as two:
        waiting = asyncio.ensure_future(one.next())
        await at_once()
        waiting.cancel()
        try:
            publish(hub, 1)
        except asyncio.InvalidStateError as error:
            pytest.fail(
                "hub.publish(line 1), in the very moment in which a `next()` that waits was "
                f"cancelled: raised {error!r}; expected it to return. (task 2)",
                pytrace=False,
            )
        finally:
            await asyncio.wait({waiting})
        # A `next()` that gives the line, rather than being cancelled, is right, too.
        items = [] if waiting.cancelled() else [waiting.result()]
        items += await read(one)
        others = await read(two)

    what = "the `next()` of the first of two subscribers is cancelled, then line 1 is published"
    check(f"{what}; the first", items, [1], 2)
    check(f"{what}; the second", others, [1], 2)


@asynccontextmanager
async def reading(subscription: Subscription) -> AsyncIterator[list[Item]]:
    """Read on and on; give the list to which items are added as they come."""
    items: list[Item] = []

    async def read_on() -> None:
        while True:
            items.append(await subscription.next())

    task = asyncio.create_task(read_on())
    await at_once()
    try:
        yield items
    finally:
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled():
            task.result()


@pytest.mark.task(2)
@pytest.mark.parametrize("stuck", ["first", "second"])
async def test_who_keeps_up_gets_every_line(stuck: str) -> None:
    """Who keeps up gets each line at once, although somebody else reads none at all."""
    hub = Hub(CAPACITY)
    with hub.subscribe() as one, hub.subscribe() as two:
        async with reading(two if stuck == "first" else one) as items:
            for number in range(1, LINES + 1):
                publish(hub, number)
                await at_once()
                check(
                    f"Hub({CAPACITY}), lines 1 to {number} published, the {stuck} of two "
                    "subscribers reads none; the other one",
                    items,
                    list(range(1, number + 1)),
                    2,
                )
