"""A clock of the event loop that stands still, and goes on when the judge says so.

So what a site does at a deadline is seen at that deadline, however slow the machine is: no timer of
the loop fires before.
"""

from __future__ import annotations

import asyncio
import time

# Steps of the loop before the clock goes on: what has come in until then is to be taken first.
STEPS = 100


class StandingClock:
    """The time of all event loops of this process, in seconds, once it is installed."""

    def __init__(self) -> None:
        self.now = time.monotonic()

    def install(self) -> None:
        """Let event loops ask this clock."""
        asyncio.BaseEventLoop.time = lambda _: self.now  # type: ignore[method-assign, assignment]

    async def go_on(self, seconds: float) -> None:
        """Let *seconds* pass, after what the loop has to do now."""
        for _ in range(STEPS):
            await asyncio.sleep(0)
        self.now += seconds


clock = StandingClock()
