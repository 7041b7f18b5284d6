"""Who is told when a report is ready."""

from typing import Any

from asgiref.sync import sync_to_async
from django.dispatch import receiver

from katas.k701_async_report import office
from katas.k701_async_report.request_ids import current_id
from katas.k701_async_report.signals import report_ready

note = sync_to_async(office.ledger.note)


@receiver(report_ready)
async def note_in_ledger(sender: Any, *, desks: list[str], **kwargs: Any) -> int:
    """Note the report in the ledger, with the request's id; return the number of the entry."""
    return await note(current_id(), desks)


@receiver(report_ready)
async def page_the_editor(sender: Any, **kwargs: Any) -> str:
    """Page the editor, with the request's id; return what the pager says."""
    return await office.pager.page(current_id())
