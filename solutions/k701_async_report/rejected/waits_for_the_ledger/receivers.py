"""Who is told when a report is ready."""

import asyncio
from typing import Any

from django.dispatch import receiver

from katas.k701_async_report import office
from katas.k701_async_report.request_ids import current_id
from katas.k701_async_report.signals import report_ready

_noted: set[str | None] = set()


@receiver(report_ready)
def note_in_ledger(sender: Any, *, desks: list[str], **kwargs: Any) -> int:
    """Note the report in the ledger, with the request's id; return the number of the entry."""
    try:
        return office.ledger.note(current_id(), desks)
    finally:
        _noted.add(current_id())


@receiver(report_ready)
async def page_the_editor(sender: Any, **kwargs: Any) -> str:
    """Page the editor once the report is in the ledger, or after a second."""
    for _ in range(100):
        if current_id() in _noted:
            break
        await asyncio.sleep(0.01)
    _noted.discard(current_id())
    return await office.pager.page(current_id())
