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
