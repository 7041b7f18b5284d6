"""PrairieLearn's ``results.json``, for ``/grade/results``.

Source: PrairieLearn's documentation of external grading. ``gradable`` false burns no attempt.
"""

from __future__ import annotations

import json
from typing import Any

from dojo.grading.model import Gradebook, SubmissionMark
from dojo.reports.clean import cleaned, cut, one_line
from dojo.reports.rows import Row, decimal, learner_rows, learner_summary, story

FILE = "prairielearn/results.json"
PER_SUBMISSION = True

LARGEST = 1_000_000
# How many bytes of each text are kept: the first at which the whole is small enough.
LIMITS = (20_000, 2_000, 200, 0)


def write(gradebook: Gradebook, submission: SubmissionMark) -> str:
    """Return *submission* as a learner may see it, in 1 MB at most."""
    submission = cleaned(submission)
    for limit in LIMITS:
        report = json.dumps(table(gradebook, submission, limit), ensure_ascii=False) + "\n"
        if len(report.encode()) <= LARGEST:
            break
    return report


def table(gradebook: Gradebook, submission: SubmissionMark, limit: int) -> dict[str, Any]:
    """Return what is written, each text of it cut to *limit* bytes."""
    said = learner_summary(submission)
    if not submission.marked:
        return {"gradable": False, "message": said, "format_errors": [said]}
    return {
        "gradable": True,
        "score": submission.earned / gradebook.worth if gradebook.worth else 0.0,
        "message": said,
        "tests": [test_table(row, limit) for row in learner_rows(gradebook, submission)],
    }


def test_table(row: Row, limit: int) -> dict[str, Any]:
    """Return one test."""
    return {
        "name": one_line(row.name),
        "points": decimal(row.test.earned),
        "max_points": decimal(row.test.worth),
        "message": cut(story(row.test), limit),
        "output": cut(row.test.printed, limit),
    }
