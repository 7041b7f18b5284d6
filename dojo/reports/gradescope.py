"""Gradescope's ``results.json``, for ``/autograder/results``.

Text is declared as text: Gradescope renders HTML otherwise. Hidden tests stand in it in full, with
visibility ``hidden``: staff see them, learners neither see them nor the total.
Source: Gradescope's autograder specifications.
"""

from __future__ import annotations

import json
from typing import Any

from dojo.grading.model import Gradebook, SubmissionMark, Verdict
from dojo.reports.clean import cleaned, cut, one_line
from dojo.reports.rows import Row, decimal, learner_summary, rows, story

FILE = "gradescope/results.json"
PER_SUBMISSION = True

LONGEST_OUTPUT = 10_000


def write(gradebook: Gradebook, submission: SubmissionMark) -> str:
    """Return *submission*; without a mark there is no score in it, so Gradescope records none."""
    submission = cleaned(submission)
    report: dict[str, Any] = {
        "execution_time": round(submission.seconds),
        "output": learner_summary(submission),
        "output_format": "text",
        "stdout_visibility": "hidden",
    }
    if submission.marked:
        report["score"] = decimal(submission.earned)
        report["tests"] = [
            test_table(number, row) for number, row in enumerate(rows(gradebook, submission), 1)
        ]
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


def test_table(number: int, row: Row) -> dict[str, Any]:
    """Return one test."""
    test = row.test
    printed = f"Printed:\n{test.printed}" if test.printed else ""
    told = "\n\n".join(filter(None, (story(test), printed)))
    return {
        "name": one_line(row.name),
        "number": str(number),
        "score": decimal(test.earned),
        "max_score": decimal(test.worth),
        "status": "passed" if test.verdict is Verdict.PASSED else "failed",
        "output": cut(told, LONGEST_OUTPUT),
        "output_format": "text",
        "visibility": "hidden" if test.hidden else "visible",
    }
