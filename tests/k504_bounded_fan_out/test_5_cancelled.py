"""Cancelled: the map ends, and with it everything that it has begun."""

import asyncio

import pytest

from dojo.instruments.service import Service
from katas.k504_bounded_fan_out.bounded import bounded_map
from tests.k504_bounded_fan_out.calls import TROUBLES
from tests.k504_bounded_fan_out.cancelling import call_of, cancelled, how_it_ended
from tests.k504_bounded_fan_out.sources import KINDS, Source


@pytest.mark.task(5)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("trouble", TROUBLES)
async def test_a_cancelled_map_ends_as_cancelled(service: Service, kind: str, trouble: str) -> None:
    """CancelledError comes out of a map that is cancelled, whatever calls raise."""
    end = await cancelled(service, kind, trouble=trouble)

    assert end.how == "cancelled", service.explain(
        call_of(kind, trouble=trouble),
        observed=f"ended: {end.how}",
        expected="CancelledError",
        task=5,
    )


@pytest.mark.task(5)
async def test_a_map_is_cancelled_before_its_first_call(service: Service) -> None:
    """CancelledError comes out of a map that is cancelled before there is any item."""
    source = Source(service, range(9), every=1)
    task = asyncio.ensure_future(bounded_map(service.fetch, source, limit=3))
    await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.wait({task})
    how = how_it_ended(task)

    assert how == "cancelled", (
        "bounded_map(fetch, async source with an item every 1 s, limit=3), cancelled after 0.1 s, "
        f"before its first item: ended: {how}; expected CancelledError. (task 5)"
    )


@pytest.mark.task(5)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("size", [9, 2])
async def test_calls_in_flight_are_cancelled(
    service: Service, kind: str, size: int, trouble: str
) -> None:
    """The calls in flight, the last ones, too, are cancelled and clean up before the map ends."""
    end = await cancelled(service, kind, size, trouble)

    assert end.cleaned == end.in_flight, service.explain(
        f"{call_of(kind, size, trouble)}, with the calls for {end.in_flight} in flight",
        observed=f"cancelled and cleaned up by the time it ended: {end.cleaned}; {end.fate}",
        expected=str(end.in_flight),
        task=5,
    )


@pytest.mark.task(5)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("trouble", TROUBLES)
async def test_nothing_is_called_after_that(service: Service, kind: str, trouble: str) -> None:
    """No item is called once the map has been cancelled, whatever calls raise."""
    end = await cancelled(service, kind, trouble=trouble)

    assert not end.begun_later, service.explain(
        call_of(kind, trouble=trouble),
        observed=f"afterwards there were calls for {end.begun_later}",
        expected="none",
        task=5,
    )


@pytest.mark.task(5)
async def test_nobody_reads_the_source_any_more(service: Service) -> None:
    """A map that is cancelled while it waits for the source stops reading it."""
    source = Source(service, range(9), every=0.06)
    task = asyncio.ensure_future(bounded_map(service.fetch, source, limit=3))
    await asyncio.sleep(0.1)
    assert not task.done(), (
        "bounded_map(fetch, async source with an item every 0.06 s, limit=3) had ended by 0.1 s, "
        f"{how_it_ended(task)}; expected it to be at work. (task 5)"
    )
    assert source.reading, (
        "bounded_map(fetch, async source with an item every 0.06 s, limit=3): nobody waits for an "
        "item at 0.1 s, with one call in flight; expected the map to. (task 5)"
    )
    task.cancel()
    await asyncio.wait({task})

    reading = source.reading
    await asyncio.sleep(2)  # who still reads comes to the end
    assert not reading, (
        "bounded_map(fetch, async source with an item every 0.06 s, limit=3), cancelled after "
        "0.1 s: when it has ended, somebody still waits for the next item; expected nobody. "
        "(task 5)"
    )
