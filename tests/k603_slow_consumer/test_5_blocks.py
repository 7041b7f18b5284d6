"""Blocks: subscribed is who is inside of the `with` block, and nobody else."""

import gc
from collections import Counter

import pytest

from katas.k603_slow_consumer.hub import Hub
from tests.k603_slow_consumer.match import Item, check, check_readers, publish, read


@pytest.mark.task(5)
async def test_readers_are_counted() -> None:
    """`readers` counts the subscriptions whose block has been entered and not been left."""
    hub = Hub(3)
    check_readers("before anybody subscribed", hub, 0)
    with hub.subscribe():
        check_readers("with one subscribed", hub, 1)
        with hub.subscribe():
            publish(hub, 1)
            check_readers("with two subscribed", hub, 2)
        check_readers("when one of two has left", hub, 1)
    check_readers("when both have left", hub, 0)


@pytest.mark.task(5)
async def test_an_error_ends_a_subscription() -> None:
    """A `with` block that an error ends is left, and the error comes out."""
    hub = Hub(3)
    with pytest.raises(ZeroDivisionError), hub.subscribe(), hub.subscribe():
        raise ZeroDivisionError
    check_readers("when an error has ended two subscriptions", hub, 0)
    publish(hub, 1)


@pytest.mark.task(5)
async def test_who_is_held_has_left_all_the_same() -> None:
    """It is the end of the block that ends a subscription, also if somebody still has it."""
    hub = Hub(3)
    with hub.subscribe() as subscription:
        publish(hub, 1)
    check_readers("when one has left, whose subscription is still held", hub, 0)
    del subscription


@pytest.mark.task(5)
async def test_subscribed_from_the_block_on() -> None:
    """It is the beginning of the block that begins a subscription, not the call before it."""
    hub = Hub(3)
    block = hub.subscribe()
    publish(hub, 1)
    check_readers("`subscribe()` called, and its block not entered", hub, 0)
    with block as subscription:
        check_readers("`subscribe()` called, and its block entered", hub, 1)
        publish(hub, 2)
        items = await read(subscription)
    check("line 1 published before the block was entered, line 2 in it", items, [2], 5)


@pytest.mark.task(5)
async def test_who_stays_gets_what_comes() -> None:
    """When the inner one of two blocks is left, the outer one still gets each line."""
    hub = Hub(3)
    items: list[Item] | None = None
    what = "line 1 published to two, line 2 when the inner block was left; the outer one"
    try:
        with hub.subscribe() as outer:
            with hub.subscribe():
                publish(hub, 1)
            publish(hub, 2)
            items = await read(outer)
    except (KeyError, ValueError):
        # The wrong one has been thrown out: say first what its reader sees of it.
        if items is not None:
            check(what, items, [1, 2], 5)
        raise
    check(what, items, [1, 2], 5)


def come_and_go(hub: Hub, times: int) -> None:
    """Let so many subscribe and leave, one after the other; some lines are published."""
    for _ in range(times):
        with hub.subscribe():
            publish(hub, 1, 3)
    publish(hub, 4, 8)


def objects() -> "Counter[str]":
    """Count what the garbage collector knows of, by type."""
    gc.collect()
    return Counter(type(item).__name__ for item in gc.get_objects())


@pytest.mark.task(5)
async def test_nothing_is_kept_of_who_has_left() -> None:
    """However many have come and gone, there is no more in memory than after the first of them."""
    hub, departures = Hub(3), 200
    come_and_go(hub, 1)
    before = objects()
    come_and_go(hub, departures)
    # One thing at least for each of them. No other thread and no other task has run meanwhile.
    kept = [f"{n} {kind}" for kind, n in (objects() - before).items() if n >= departures]

    assert not kept, (
        f"{departures} subscriptions, begun and ended, then 5 lines published: still in memory, "
        f"by type: {', '.join(sorted(kept))}; expected nothing of them. (task 5)"
    )
