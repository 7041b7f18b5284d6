"""The sites that we link to. Given: each takes its time, and some are gone."""

import asyncio


class Unreachable(Exception):  # noqa: N818 - what a link is, rather than what went wrong
    """The link is dead. Its text says which one, and why."""


class Web:
    """A small web, in which every link whose number ends in 7 is dead."""

    async def probe(self, url: str) -> None:
        """Return when *url* answers; raises `Unreachable` if it does not."""
        await asyncio.sleep(0.2)
        if url.endswith("7"):
            raise Unreachable(f"{url}: no answer")


web = Web()
