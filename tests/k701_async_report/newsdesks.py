"""Desks and an office that remember who called them."""

import asyncio
from collections.abc import Hashable, Mapping

from dojo.instruments.service import Service
from katas.k701_async_report.request_ids import current_id

#: How long each desk takes, in seconds, and how long its call then takes to clean up if it is cut
#: off; no two alike, and the first to answer is not the first to be asked.
TAKES: Mapping[Hashable, float] = {"city": 0.137, "sport": 0.291, "opera": 0.083}
CLEANS_UP: Mapping[str, float] = {"city": 0.031, "sport": 0.017, "opera": 0.053}

NAMES = ["city", "sport", "opera"]
QUERY = "desk=city&desk=sport&desk=opera"


class Newsdesks:
    """Stands in for the desks of the newsroom.

    Attributes:
        open: The names of the desks whose calls have begun, and neither ended nor cleaned up.
        cut_off: The names of the desks whose calls were cancelled before they ended, in order.
        hit_again: The names of those whose calls were cancelled again while they cleaned up.
        ids: The ids of the requests that called, by desk; filled if `ask_for_ids` is set.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.open: list[str] = []
        self.cut_off: list[str] = []
        self.hit_again: list[str] = []
        self.ids: dict[str, list[str | None]] = {}
        self.ask_for_ids = False

    async def fetch(self, key: str) -> str:
        """Return the top story of a desk. A call that is cut off has something to put away."""
        self.open.append(key)
        try:
            if self.ask_for_ids:
                self.ids.setdefault(key, []).append(current_id())
            return await self.service.fetch(key, label=f"desks.fetch({key!r})")
        except asyncio.CancelledError:
            self.cut_off.append(key)
            await self._clean_up(key)
            raise
        finally:
            self.open.remove(key)

    async def _clean_up(self, key: str) -> None:
        """Take the time that it takes, even if cancelled: what is late is told from what is cut."""
        loop = asyncio.get_running_loop()
        over = loop.create_future()
        loop.call_later(CLEANS_UP[key], over.set_result, None)
        while not over.done():
            try:
                await asyncio.wait({over})
            except asyncio.CancelledError:
                self.hit_again.append(key)


def on_the_loop() -> bool:
    """Say whether an event loop runs in this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


class Office:
    """Stands in for ledger and pager.

    Attributes:
        notes: Id and desks of each entry of the ledger, as they came.
        pages: The id of each call of the pager.
        noted_on_loop: How often the ledger was used on an event loop's thread.
        page_takes_s: How long the pager takes.
        fails: What ledger and pager raise, by name.
    """

    def __init__(self) -> None:
        self.notes: list[tuple[str | None, object]] = []
        self.pages: list[str | None] = []
        self.noted_on_loop = 0
        self.page_takes_s = 0.0
        self.fails: dict[str, Exception] = {}

    def note(self, request_id: str | None, desks: list[str]) -> int:
        """Note a report."""
        self.noted_on_loop += on_the_loop()
        self.notes.append((request_id, desks))
        if error := self.fails.get("ledger"):
            raise error
        return 700 + len(self.notes)

    async def page(self, request_id: str | None) -> str:
        """Page the editor."""
        self.pages.append(request_id)
        await asyncio.sleep(self.page_takes_s)
        if error := self.fails.get("pager"):
            raise error
        return f"page {len(self.pages)}"
