"""The counting office, played by a few lines of asyncio. Given."""

import asyncio

FIGURES = {"north": {"Lighthouse": 4211, "Harbour": 3987}, "south": {"Lighthouse": 1702}}


class Office:
    """Adds up what the polling stations have sent in."""

    async def count(self, place: str) -> dict[str, int] | None:
        """Return the votes for each party; None as long as there are none.

        Raises:
            Exception: Whatever goes wrong on the way to the office.
        """
        print(f"the office counts {place}")
        await asyncio.sleep(1)
        return FIGURES.get(place)
