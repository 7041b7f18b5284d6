"""Who is told when a report is ready."""

from typing import Any

from katas.k701_async_report import office
from katas.k701_async_report.request_ids import current_id
from katas.k701_async_report.signals import report_ready


def note_in_ledger(sender: Any, *, desks: list[str], **kwargs: Any) -> int:
    """Note the report in the ledger, with the request's id; return the number of the entry."""
    return office.ledger.note(current_id(), desks)


async def page_the_editor(sender: Any, **kwargs: Any) -> str:
    """Page the editor, with the request's id; return what the pager says."""
    return await office.pager.page(current_id())


report_ready.connect(note_in_ledger, dispatch_uid="ledger")
report_ready.connect(page_the_editor, dispatch_uid="pager")
