"""Cancelled: the map ends, and with it everything that it has begun."""

import asyncio
import gc
from dataclasses import dataclass
from typing import Any

import pytest

from dojo.instruments.service import Service
from katas.k504_bounded_fan_out.bounded import bounded_map
from tests.k504_bounded_fan_out.calls import Calls
from tests.k504_bounded_fan_out.sources import KINDS, Source, source_of


@dataclass
class End:
    """How a map was when it ended, and what came of it a while later.

    Attributes:
        how: "cancelled", or what else became of it.
        begun: The items whose call had begun when the map was cancelled.
        cleaned: Those whose call had been cancelled and had cleaned up when the map ended.
        begun_later: The items whose call began after the map was cancelled.
        fate: What became of the calls that had not cleaned up by then.
    """

    how: str
    begun: list[Any]
    cleaned: list[Any]
    begun_later: list[Any]
    fate: str


async def cancelled(service: Service, kind: str, size: int = 9) -> End:
    """Map *size* items with three slots and cancel that after 0.1 s, half-way through its calls."""
    calls = Calls(service)
    source = source_of(kind, service, range(size))
    task = asyncio.ensure_future(bounded_map(calls.fetch, source, limit=3))
    await asyncio.sleep(0.1)
    begun = sorted(calls.begun)
    assert not task.done(), (
        f"bounded_map(fetch, {size} items, limit=3) had ended by 0.1 s, {how_it_ended(task)}; "
        "expected it to be at work, since a call takes 0.2 s. (task 5)"
    )
    assert begun, (
        f"bounded_map(fetch, {size} items, limit=3) had called nothing by 0.1 s; expected at least "
        "one call. (task 5)"
    )
    task.cancel()
    await asyncio.wait({task})
    cleaned = sorted(calls.cleaned)
    await asyncio.sleep(2)  # what was left running comes to its end
    how = how_it_ended(task)
    # What the map's frames still hold, such as a coroutine that nobody awaited, is this test's.
    del task
    gc.collect()
    fate = calls.fate([item for item in begun if item not in cleaned])
    return End(how, begun, cleaned, sorted(calls.begun)[len(begun) :], fate)


def how_it_ended(task: asyncio.Future[Any]) -> str:
    """Say what became of a map."""
    if task.cancelled():
        return "cancelled"
    if error := task.exception():
        return f"it raised {error!r}"
    return f"it returned {task.result()!r}"


def call_of(kind: str, size: int = 9) -> str:
    """Return the call as a message has it."""
    return f"bounded_map(fetch, {kind} of {size} items, limit=3), cancelled after 0.1 s"


@pytest.mark.task(5)
@pytest.mark.parametrize("kind", KINDS)
async def test_a_cancelled_map_ends_as_cancelled(service: Service, kind: str) -> None:
    """CancelledError comes out of a map that is cancelled."""
    end = await cancelled(service, kind)

    assert end.how == "cancelled", service.explain(
        call_of(kind), observed=f"ended: {end.how}", expected="CancelledError", task=5
    )


@pytest.mark.task(5)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [9, 2])
async def test_calls_in_flight_are_cancelled(service: Service, kind: str, size: int) -> None:
    """The calls in flight, the last ones, too, are cancelled and clean up before the map ends."""
    end = await cancelled(service, kind, size)

    assert end.cleaned == end.begun, service.explain(
        f"{call_of(kind, size)}, with the calls for {end.begun} in flight",
        observed=f"cancelled and cleaned up by the time it ended: {end.cleaned}; {end.fate}",
        expected=str(end.begun),
        task=5,
    )


@pytest.mark.task(5)
@pytest.mark.parametrize("kind", KINDS)
async def test_nothing_is_called_after_that(service: Service, kind: str) -> None:
    """No item is called once the map has been cancelled."""
    end = await cancelled(service, kind)

    assert not end.begun_later, service.explain(
        call_of(kind),
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
