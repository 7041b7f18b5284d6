"""Races: nothing is lost between a `next()` that waits, a burst of lines, and a cancellation."""

import asyncio

import pytest

from katas.k603_slow_consumer.hub import Hub
from tests.k603_slow_consumer.match import (
    at_once,
    check_account,
    publish,
    read,
    take_and_cancel,
)


@pytest.mark.task(3)
@pytest.mark.parametrize("cancelled", [False, True])
async def test_a_burst_for_who_waits(cancelled: bool) -> None:
    """Of a burst that comes while `next()` waits, each line is there or counted in its place."""
    hub = Hub(3)
    with hub.subscribe() as subscription:
        waiting = asyncio.ensure_future(subscription.next())
        await at_once()
        publish(hub, 1, 8)
        if cancelled:
            waiting.cancel()
        await asyncio.wait({waiting})
        items = [] if waiting.cancelled() else [waiting.result()]
        items += await read(subscription)

    also = ", and is cancelled in that moment" if cancelled else ""
    what = f"Hub(3), lines 1 to 8 published in one go while `next()` waits{also}"
    check_account(what, items, last=8, kept=3, task=3)


@pytest.mark.task(3)
@pytest.mark.parametrize("turns", range(4))
async def test_cancelled_while_it_takes(turns: int) -> None:
    """A `next()` that finds a notice and is cancelled loses neither it nor a line."""
    hub = Hub(3)
    with hub.subscribe() as subscription:
        publish(hub, 1, 8)
        items = await take_and_cancel(subscription, turns)
        items += await read(subscription)

    how = f"`next()` is called, and cancelled {turns} turns later"
    check_account(f"Hub(3), lines 1 to 8 published; {how}", items, last=8, kept=3, task=3)
