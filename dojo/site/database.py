"""The database of the served site: every table, and a few rows for the pages to show.

The rows are the fixtures called ``site`` that apps bring: ``katas/<app>/fixtures/site.json``.
"""

from __future__ import annotations

import os
from pathlib import Path

ROWS = "site"


def make() -> None:
    """Make the database, unless it is there. Django has to be set up."""
    from django.core.management import call_command
    from django.db import connection

    path = Path(connection.settings_dict["NAME"])
    if path.exists():
        return
    # A save may end this process half-way: what bears the name is complete.
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    connection.settings_dict["NAME"] = unfinished
    try:
        call_command("migrate", run_syncdb=True, verbosity=0)
        call_command("loaddata", ROWS, verbosity=0)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = path
    os.replace(unfinished, path)
