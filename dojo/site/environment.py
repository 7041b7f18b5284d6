"""How the command tells the served site, a process of its own after each save, what to serve."""

from __future__ import annotations

import os
from pathlib import Path

KATA = "DOJO_SERVE_KATA"
DATABASE = "DOJO_SERVE_DATABASE"


def choose(slug: str, database: Path) -> None:
    """Let Django in this process and in those that it starts serve *slug* from *database*."""
    os.environ |= {
        KATA: slug,
        DATABASE: str(database),
        "DJANGO_SETTINGS_MODULE": "dojo.site.settings",
    }
