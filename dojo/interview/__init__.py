"""Interviews: a bundle for a candidate, the record that it keeps, and the interviewer's report.

`handout` makes the bundle; `candidate` and `record` work in it, on the candidate's machine.
`submission`, `judge`, `report` and `page` read what comes back, on the interviewer's. What comes
back is a stranger's: nothing in it is believed, and nothing of it reaches the page unescaped.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = ".interview"
# The file that makes a copy a bundle.
MARK = f"{FOLDER}/interview.json"


def is_at(root: Path) -> bool:
    """Tell whether *root* is the root of a bundle: asked at every start of the dojo."""
    return (root / MARK).is_file()


def time_left(root: Path) -> str:
    """Return how long a candidate who works at *root* still has, in words; elsewhere nothing."""
    if not is_at(root):
        return ""
    from dojo.interview import candidate
    from dojo.model import DojoError

    try:
        return candidate.time_left(root)
    except DojoError:  # the bundle is broken: `dojo interview stop` says how
        return ""
