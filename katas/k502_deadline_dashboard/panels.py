"""The panels of the dashboard. Given: each asks a service of its own, and takes its time."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

# Starts to load one panel; what it returns is awaited, once.
Panel = Callable[[], Coroutine[Any, Any, str]]

DEADLINE_S = 1.0


async def weather() -> str:
    """Answer in time."""
    await asyncio.sleep(0.2)
    return "Rain until Friday"


async def letters() -> str:
    """Fail: the service is down."""
    await asyncio.sleep(0.1)
    raise ConnectionError("the letters desk does not answer")


async def archive() -> str:
    """Answer too late, and take a moment to hang up when cancelled."""
    try:
        await asyncio.sleep(5)
        return "Ten years ago: the bridge opens"
    finally:
        await asyncio.sleep(0.1)


PANELS: dict[str, Panel] = {"weather": weather, "letters": letters, "archive": archive}
