"""Who is told when a report is ready."""

import threading
from typing import Any

from django.dispatch import receiver

from katas.k701_async_report import office
from katas.k701_async_report.request_ids import current_id
from katas.k701_async_report.signals import report_ready

_paging: dict[str | None, threading.Event] = {}


@receiver(report_ready)
def note_in_ledger(sender: Any, *, desks: list[str], **kwargs: Any) -> int:
    """Note the report once the editor is being paged; `page_the_editor` runs at the same time."""
    _paging.setdefault(current_id(), threading.Event()).wait(0.1)
    return office.ledger.note(current_id(), desks)


@receiver(report_ready)
async def page_the_editor(sender: Any, **kwargs: Any) -> str:
    """Page the editor, with the request's id; return what the pager says."""
    _paging.setdefault(current_id(), threading.Event()).set()
    try:
        return await office.pager.page(current_id())
    finally:
        _paging.pop(current_id(), None)
