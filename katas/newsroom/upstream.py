"""The services that the newsroom calls over the network, played by a few lines of asyncio.

The site uses these stand-ins. The suites pass stand-ins of their own, with the same methods.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime


class SpeakingClock:
    """The time, asked of a service that answers after 0.1 s."""

    async def read(self) -> str:
        """Return the time as ISO 8601 in UTC, to the second."""
        await asyncio.sleep(0.1)
        return datetime.now(UTC).isoformat(timespec="seconds")


class Desks:
    """The desks of the paper; each answers with its top story after 0.2 s."""

    async def fetch(self, key: str) -> str:
        """Return the top story of the desk called *key*."""
        await asyncio.sleep(0.2)
        return f"Top story from the {key} desk"


speaking_clock = SpeakingClock()
desks = Desks()
