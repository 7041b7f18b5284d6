"""Maps that are cancelled half-way, and what came of them."""

import asyncio
import gc
from dataclasses import dataclass
from typing import Any

from dojo.instruments.service import Service
from katas.k504_bounded_fan_out.bounded import bounded_map
from tests.k504_bounded_fan_out.calls import ONE_HAS_FAILED, Calls
from tests.k504_bounded_fan_out.sources import source_of


@dataclass
class End:
    """How a map was when it ended, and what came of it a while later.

    Attributes:
        how: "cancelled", or what else became of it.
        in_flight: The items whose call was in flight when the map was cancelled.
        cleaned: Those whose call had been cancelled and had cleaned up when the map ended.
        begun_later: The items whose call began after the map was cancelled.
        fate: What became of the calls that had not cleaned up by then.
    """

    how: str
    in_flight: list[Any]
    cleaned: list[Any]
    begun_later: list[Any]
    fate: str


async def cancelled(service: Service, kind: str, size: int = 9, trouble: str = "") -> End:
    """Map *size* items with three slots and cancel that after 0.1 s, half-way through its calls."""
    if trouble == ONE_HAS_FAILED:
        service.takes({0: 0.05})
    calls = Calls(service, trouble)
    source = source_of(kind, service, range(size))
    task = asyncio.ensure_future(bounded_map(calls.fetch, source, limit=3))
    await asyncio.sleep(0.1)
    begun = len(calls.begun)
    in_flight = sorted(item for item in calls.begun if item not in calls.failed)
    call = f"bounded_map(fetch, {size} items, limit=3){trouble and f', where {trouble},'}"
    assert not task.done(), (
        f"{call} had ended by 0.1 s, {how_it_ended(task)}; expected it to be at work, since a call "
        "takes 0.2 s. (task 5)"
    )
    assert begun, f"{call} had called nothing by 0.1 s; expected at least one call. (task 5)"
    task.cancel()
    await asyncio.wait({task})
    cleaned = sorted(calls.cleaned)
    await asyncio.sleep(2)  # what was left running comes to its end
    how = how_it_ended(task)
    # What the map's frames still hold, such as a coroutine that nobody awaited, is this test's.
    del task
    gc.collect()
    fate = calls.fate([item for item in in_flight if item not in cleaned])
    return End(how, in_flight, cleaned, sorted(calls.begun[begun:]), fate)


def how_it_ended(task: asyncio.Future[Any]) -> str:
    """Say what became of a map."""
    if task.cancelled():
        return "cancelled"
    if error := task.exception():
        return f"it raised {error!r}"
    return f"it returned {task.result()!r}"


def call_of(kind: str, size: int = 9, trouble: str = "") -> str:
    """Return the call as a message has it."""
    call = f"bounded_map(fetch, {kind} of {size} items, limit=3), cancelled after 0.1 s"
    return f"{call}, where {trouble}" if trouble else call
