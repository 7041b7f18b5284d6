"""The embargo of the news agency. Given: an hour of waiting, played by asyncio."""

import asyncio


class Embargo:
    """Knows when the stories may be printed.

    Args:
        seconds: So long an embargo lasts, from the question on.
    """

    def __init__(self, seconds: float = 3600) -> None:
        self.seconds = seconds

    async def lifted(self, slug: str) -> None:
        """Wait until the embargo on a story has ended.

        Raises:
            ConnectionError: The agency can't be asked any more.
        """
        await asyncio.sleep(self.seconds)


embargo = Embargo()
