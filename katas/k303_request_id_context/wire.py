"""The news agency. Given: its headlines come in one by one."""

import asyncio
from collections.abc import AsyncIterator


class Wire:
    """Sends three headlines, a second apart."""

    async def headlines(self) -> AsyncIterator[str]:
        """Yield headlines as they come in."""
        for headline in ("The bridge is open", "Rain until Friday", "Opera sold out"):
            await asyncio.sleep(1)
            yield headline


wire = Wire()
