"""The wire to the news agencies. Given: async code, over the network."""

import asyncio
import logging

logger = logging.getLogger(__name__)


class Agencies:
    """Whoever has printed our article, and now has to print a correction."""

    async def send(self, reference: str) -> None:
        """Hand a reference over. They fetch the correction at once, and nobody can call it back."""
        await asyncio.sleep(0.1)
        logger.info("announced: %s", reference)


agencies = Agencies()


async def announce(reference: str) -> None:
    """Tell the agencies of a correction; raises whatever goes wrong on the way to them."""
    await agencies.send(reference)
