"""Reports: a `Gradebook` as text, and as files for people and for platforms; one module a format.

Each module has ``FILE``, the name of what it writes; ``PER_SUBMISSION``, True if each submission
gets a file of its own; and ``write``, a pure function of the gradebook, and of the submission if
there is one for each, to text. `dojo.reports.saving.save` puts them on disk.
"""

from __future__ import annotations

from dojo.reports import (
    classroom50,
    csv,
    ctrf,
    exercism,
    gradescope,
    html,
    json,
    junit,
    markdown,
    prairielearn,
    text,
)

FORMATS = {
    "text": text,
    "json": json,
    "csv": csv,
    "html": html,
    "markdown": markdown,
    "junit": junit,
    "ctrf": ctrf,
    "gradescope": gradescope,
    "prairielearn": prairielearn,
    "classroom50": classroom50,
    "exercism": exercism,
}
