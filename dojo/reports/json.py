"""JSON: everything there is to know, by the schema in ``docs/report.schema.json``."""

from __future__ import annotations

import json
from typing import Any

from dojo.grading.codec import to_table
from dojo.grading.model import Gradebook
from dojo.reports.clean import cleaned

FILE = "report.json"
PER_SUBMISSION = False
FORMAT = 1


def write(gradebook: Gradebook) -> str:
    """Return *gradebook* with its totals; `dojo.grading.codec.from_table` reads it back."""
    return json.dumps(table(cleaned(gradebook)), ensure_ascii=False, indent=1) + "\n"


def table(gradebook: Gradebook) -> dict[str, Any]:
    """Return what is written: the model's own keys, and what follows from them."""
    report = {"format": FORMAT, "unit": "hundredths of a point", **to_table(gradebook)}
    report |= {"worth": gradebook.worth, "marked": gradebook.marked}
    for row, submission in zip(report["submissions"], gradebook.submissions, strict=True):
        row |= {
            "marked": submission.marked,
            "passed": submission.passed,
            "earned": submission.earned if submission.marked else None,
        }
        for cell, kata in zip(row["katas"], submission.katas, strict=True):
            cell |= {
                "marked": kata.marked,
                "passed": kata.passed,
                "earned": kata.earned if kata.marked else None,
                "worth": kata.worth,
            }
    return report
