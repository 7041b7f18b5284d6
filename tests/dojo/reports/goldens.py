"""What every format made of the rich gradebook; ``python -m tests.dojo.reports.goldens`` renews it.

Look at the difference before you commit it: a platform, or a person, reads these.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from dojo.reports import FORMATS, saving
from tests.dojo.reports.books import rich

FOLDER = Path(__file__).with_name("golden")
# Its page is proved by tests of its own.
ELSEWHERE = {"html"}


def written() -> dict[str, str]:
    """Return the text of each report by its path."""
    formats = [name for name in FORMATS if name not in ELSEWHERE]
    return {path.as_posix(): text for path, text in saving.texts(rich(), formats)}


def kept() -> dict[str, str]:
    """Return the same as it stands in the folder."""
    return {
        path.relative_to(FOLDER).as_posix(): path.read_bytes().decode()
        for path in sorted(FOLDER.rglob("*"))
        if path.is_file()
    }


def renew() -> None:
    """Write the folder anew."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    for name, text in written().items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


if __name__ == "__main__":
    renew()
