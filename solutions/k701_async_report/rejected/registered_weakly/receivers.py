"""Who is told when a report is ready."""

from functools import wraps
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


def connect() -> None:
    """Connect the receivers to the signal."""

    @wraps(note_in_ledger)
    def note(*args: Any, **kwargs: Any) -> int:
        return note_in_ledger(*args, **kwargs)

    @wraps(page_the_editor)
    async def page(*args: Any, **kwargs: Any) -> str:
        return await page_the_editor(*args, **kwargs)

    report_ready.connect(note)
    report_ready.connect(page)


connect()
