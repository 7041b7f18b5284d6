"""The register of links. Given: it hands them out page by page, so that nobody has to hold all."""

import asyncio
from collections.abc import AsyncIterator

PAGES = 10
PAGE_SIZE = 4


class Register:
    """Knows forty links; a page of four takes it 0.1 s."""

    async def links(self) -> AsyncIterator[str]:
        """Yield the links, page by page, as they come out of the register."""
        for page in range(PAGES):
            await asyncio.sleep(0.1)
            for number in range(PAGE_SIZE):
                yield f"https://example.org/{page * PAGE_SIZE + number}"


register = Register()
