"""Exercism's ``results.json``, version 3, for whoever shows results on an Exercism-like site.

It knows no points. Source: Exercism's test runner interface (states, order, lengths).
"""

from __future__ import annotations

import json
from typing import Any

from dojo.grading.model import Gradebook, SubmissionMark, TestMark, Verdict
from dojo.reports.clean import cleaned, cut, one_line
from dojo.reports.rows import Row, learner_rows, learner_summary, story

FILE = "exercism/results.json"
PER_SUBMISSION = True

LONGEST_MESSAGE = 65_535
LONGEST_OUTPUT = 500
# These ran; the others of a submission did not come to an end of their own.
RAN = {Verdict.PASSED, Verdict.FAILED, Verdict.TIMEOUT, Verdict.NOT_JUDGED}


def write(gradebook: Gradebook, submission: SubmissionMark) -> str:
    """Return *submission* as a learner may see it; ``error`` if no test ran or none counts."""
    submission = cleaned(submission)
    # Tasks are numbered within a kata: they name nothing in a report of several.
    tasks = len(gradebook.katas) == 1
    found = list(learner_rows(gradebook, submission))
    report: dict[str, Any] = {"version": 3, "status": overall(submission, found), "message": None}
    if report["status"] == "error":
        told = [learner_summary(submission), *[story(row.test) for row in found]]
        report["message"] = cut("\n".join(dict.fromkeys(filter(None, told))), LONGEST_MESSAGE)
    tests = found if submission.katas and not submission.fault else []
    report["tests"] = [test_table(row, tasks) for row in tests]
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


def overall(submission: SubmissionMark, found: list[Row]) -> str:
    """Return how all of it ended."""
    if submission.passed and found:
        return "pass"
    ran = submission.marked and any(row.test.verdict in RAN for row in found)
    return "fail" if ran and not submission.refused else "error"


def test_table(row: Row, tasks: bool) -> dict[str, Any]:
    """Return one test."""
    test = row.test
    found: dict[str, Any] = {"name": one_line(row.name), "status": status(test)}
    if told := story(test):
        found["message"] = cut(told, LONGEST_MESSAGE)
    if test.printed:
        found["output"] = cut(test.printed, LONGEST_OUTPUT)
    if tasks and test.task is not None:
        found["task_id"] = test.task
    return found


def status(test: TestMark) -> str:
    """Return the one of Exercism's states that fits; a timeout is no error of the code's."""
    if test.verdict is Verdict.PASSED:
        return "pass"
    return "fail" if test.verdict in RAN else "error"
