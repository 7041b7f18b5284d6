"""Who wants to know of reports. Given: the ledger is blocking code, the pager is not."""

import asyncio
import time


class Ledger:
    """The book in which each report is noted."""

    def __init__(self) -> None:
        self._entries: list[tuple[str | None, list[str]]] = []

    def note(self, request_id: str | None, desks: list[str]) -> int:
        """Note a report, which blocks for 0.05 s; return the number of the entry."""
        time.sleep(0.05)
        self._entries.append((request_id, desks))
        return len(self._entries)


class Pager:
    """The editor's pager."""

    async def page(self, request_id: str | None) -> str:
        """Tell the editor of a report, which takes 0.1 s; return what the pager says."""
        await asyncio.sleep(0.1)
        return f"paged the editor about {request_id}"


ledger = Ledger()
pager = Pager()
