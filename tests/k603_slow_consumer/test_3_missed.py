"""Missed: few lines wait for who does not read, the newest; the others are counted."""

import pytest

from katas.k603_slow_consumer.commentary import Missed
from katas.k603_slow_consumer.hub import Hub
from tests.k603_slow_consumer.match import at_once, check, in_memory, publish, read


@pytest.mark.task(3)
@pytest.mark.parametrize("in_one_go", [True, False])
async def test_what_waits_is_bounded(in_one_go: bool) -> None:
    """Of 100 lines that a subscriber does not read, no more than `capacity` are kept."""
    hub = Hub(4)
    with hub.subscribe():
        if in_one_go:
            # Counted before anything else can run: `publish` is done when it returns.
            published = publish(hub, 1, 100)
        else:
            published = []
            for number in range(1, 101):
                published += publish(hub, number)
                await at_once()
        kept = in_memory(published)

    how = "in one go" if in_one_go else "one after the other"
    assert kept <= 4, (
        f"Hub(4), 100 lines published {how}, and none read: {kept} lines are still in memory; "
        "expected at most 4. (task 3)"
    )


@pytest.mark.task(3)
@pytest.mark.parametrize("capacity", [1, 3, 7])
async def test_as_many_as_there_are_places(capacity: int) -> None:
    """As many lines as there are places wait, and nothing is missed."""
    hub = Hub(capacity)
    with hub.subscribe() as subscription:
        publish(hub, 1, capacity)
        items = await read(subscription)

    what = f"Hub({capacity}), {capacity} lines published, then read"
    check(what, items, list(range(1, capacity + 1)), 3)


@pytest.mark.task(3)
@pytest.mark.parametrize(("capacity", "last"), [(1, 2), (3, 4), (3, 10), (7, 12)])
async def test_the_oldest_make_room_and_are_counted(capacity: int, last: int) -> None:
    """Who was too slow first gets one notice with the count, then the newest lines."""
    hub = Hub(capacity)
    with hub.subscribe() as subscription:
        publish(hub, 1, last)
        items = await read(subscription)

    missed = last - capacity
    check(
        f"Hub({capacity}), lines 1 to {last} published, then read",
        items,
        [Missed(missed), *range(missed + 1, last + 1)],
        3,
    )


@pytest.mark.task(3)
async def test_a_place_is_free_when_its_line_was_read() -> None:
    """A line that was read makes room for one more."""
    hub = Hub(3)
    with hub.subscribe() as subscription:
        publish(hub, 1, 3)
        items = await read(subscription, most=1)
        publish(hub, 4)
        items += await read(subscription, most=1)
        publish(hub, 5, 6)
        items += await read(subscription)

    check(
        "Hub(3), lines 1 to 3 published, one read, line 4 published, one read, lines 5 and 6 "
        "published, the rest read",
        items,
        [1, 2, Missed(1), 4, 5, 6],
        3,
    )


@pytest.mark.task(3)
async def test_missed_again() -> None:
    """Each notice counts the lines that were missed since the last one."""
    hub = Hub(3)
    with hub.subscribe() as subscription:
        publish(hub, 1, 5)
        items = await read(subscription, most=1)
        publish(hub, 6, 7)
        items += await read(subscription)
        publish(hub, 8, 11)
        items += await read(subscription)

    check(
        "Hub(3), lines 1 to 5 published, the notice read, lines 6 and 7 published, the rest read, "
        "lines 8 to 11 published, the rest read",
        items,
        [Missed(2), Missed(2), 5, 6, 7, Missed(1), 9, 10, 11],
        3,
    )


@pytest.mark.task(3)
async def test_each_is_told_what_it_has_missed() -> None:
    """Of three subscribers, each gets the count of its own missing lines, or none."""
    hub = Hub(3)
    with hub.subscribe() as fast, hub.subscribe() as slow, hub.subscribe() as slower:
        publish(hub, 1, 3)
        quick = await read(fast)
        late = await read(slow, most=1)
        publish(hub, 4, 5)
        quick, late, later = [
            quick + await read(fast),
            late + await read(slow),
            await read(slower),
        ]

    what = "Hub(3), lines 1 to 3, then 4 and 5 published; the subscriber who had read"
    check(f"{what} three in between", quick, [1, 2, 3, 4, 5], 3)
    check(f"{what} one in between", late, [1, Missed(1), 3, 4, 5], 3)
    check(f"{what} none in between", later, [Missed(2), 3, 4, 5], 3)
