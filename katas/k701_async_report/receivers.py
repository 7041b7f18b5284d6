"""Who is told when a report is ready. Edit this file; the brief is in README.md.

The URLs import this module, once.
"""

from typing import Any

# TODO (task 4): nobody has connected these two to `report_ready`.


def note_in_ledger(sender: Any, *, desks: list[str], **kwargs: Any) -> int:
    """Note the report in the ledger, with the request's id; return the number of the entry.

    TODO (task 4): `office.ledger`.
    """
    raise NotImplementedError("task 4: tell the receivers")


async def page_the_editor(sender: Any, **kwargs: Any) -> str:
    """Page the editor, with the request's id; return what the pager says.

    TODO (task 4): `office.pager`.
    """
    raise NotImplementedError("task 4: tell the receivers")
