"""The election offices, played by a few lines of asyncio. Given."""

import asyncio

VOTES = {"north": 4210, "south": 3977, "east": 1834, "west": 2650}


class OfficeError(Exception):
    """An office has no count for us. The text says why; two offices may say the same."""


class Offices:
    """One office for each district, and one line to each office.

    Whoever does not want to wait any more has to call off the call, which takes a moment. Until
    then the line is engaged. `count` does that by itself when it is cancelled, and ends when it is
    done; cancelled once more in the meantime, it stops half-way.

    Known limit: two readers do not share a line. Who asks for a district while another reader's
    call to it is under way gets a 502, "the line is engaged"; asking again is up to the reader.
    """

    def __init__(self) -> None:
        self._engaged: set[str] = set()

    async def count(self, district: str) -> int:
        """Return the votes of *district*, after 0.2 s.

        Raises:
            OfficeError: There is no such district, its line is engaged, or it broke, which may also
                come to light when the call is called off.
        """
        if district in self._engaged:
            raise OfficeError(f"{district}: the line is engaged")
        self._engaged.add(district)
        try:
            await asyncio.sleep(0.2 if district in VOTES else 0.1)
        except asyncio.CancelledError:
            await asyncio.sleep(0.1)
            self._engaged.remove(district)
            raise
        self._engaged.remove(district)
        if district not in VOTES:
            raise OfficeError(f"{district}: no such district")
        return VOTES[district]


offices = Offices()
