"""Who is told when a report is ready."""

from typing import Any

from django.dispatch import receiver

from katas.k701_async_report import office
from katas.k701_async_report.request_ids import current_id
from katas.k701_async_report.signals import report_ready


@receiver(report_ready)
def note_in_ledger(sender: Any, *, desks: list[str], **kwargs: Any) -> int:
    """Note the report in the ledger, with the request's id; return the number of the entry."""
    return office.ledger.note(current_id(), desks)


@receiver(report_ready)
async def page_the_editor(sender: Any, **kwargs: Any) -> str:
    """Page the editor, with the request's id; return what the pager says."""
    return await office.pager.page(current_id())
