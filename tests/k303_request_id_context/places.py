"""Where code of a request runs, and which id it sees there."""

import asyncio
from collections.abc import Awaitable, Callable

from asgiref.sync import sync_to_async

from katas.k303_request_id_context.request_ids import current_id

Ids = dict[str, str | None]


async def awaited() -> str | None:
    """Ask in a coroutine."""
    await asyncio.sleep(0)
    return current_id()


async def grandchild() -> str | None:
    """Ask in a thread that a task of a task uses."""
    return await asyncio.create_task(sync_to_async(current_id)())


PLACES: dict[str, Callable[[], Awaitable[str | None]]] = {
    "a coroutine": awaited,
    "sync_to_async": sync_to_async(current_id),
    "sync_to_async, thread_sensitive=False": sync_to_async(current_id, thread_sensitive=False),
    "create_task": lambda: asyncio.create_task(awaited()),
    "a task of a task, in a thread": lambda: asyncio.create_task(grandchild()),
}


async def everywhere() -> Ids:
    """Return what `current_id()` is in the view, and in each place that it has code run."""
    seen = {"the view": current_id()}
    for name, ask in PLACES.items():
        seen[name] = await ask()
    seen["gather"], _ = await asyncio.gather(awaited(), awaited())
    return seen


def shown(ids: Ids) -> str:
    """Return one line for each place."""
    return "".join(f"\n  {place}: {one!r}" for place, one in ids.items())
