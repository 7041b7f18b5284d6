"""CTRF, the Common Test Report Format: JSON that many CI tools read.

Source: its schema, version 0.0 (npm package ``ctrf``). What it does not know stands in ``extra``.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from dojo.grading.model import Gradebook, SubmissionMark, TestMark, Verdict
from dojo.reports.clean import cleaned, one_line
from dojo.reports.rows import Row, decimal, rows, story, summary

FILE = "ctrf.json"
PER_SUBMISSION = False


def write(gradebook: Gradebook) -> str:
    """Return all tests of all submissions.

    `Verdict.GRADER_ERROR` is ``other``, and `Verdict.NOT_JUDGED` is ``skipped``.
    """
    gradebook = cleaned(gradebook)
    tests = [
        test_table(submission, row)
        for submission in gradebook.submissions
        for row in rows(gradebook, submission)
    ]
    states = [test["status"] for test in tests]
    start = int(datetime.fromisoformat(gradebook.graded_at).timestamp() * 1000)
    duration = sum(test["duration"] for test in tests)
    report = {
        "reportFormat": "CTRF",
        "specVersion": "0.0.0",
        "timestamp": gradebook.graded_at,
        "generatedBy": "async-django-dojo",
        "results": {
            "tool": {
                "name": "async-django-dojo",
                "version": gradebook.versions.get("dojo", ""),
                "extra": {"sandbox": gradebook.sandbox, "versions": dict(gradebook.versions)},
            },
            "summary": {
                "tests": len(tests),
                **{state: states.count(state) for state in ("passed", "failed", "skipped")},
                "pending": 0,
                "other": states.count("other"),
                "start": start,
                "stop": start + duration,
                "duration": duration,
                "extra": {
                    "submissions": [total(gradebook, each) for each in gradebook.submissions]
                },
            },
            "tests": tests,
        },
    }
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"


def total(gradebook: Gradebook, submission: SubmissionMark) -> dict[str, Any]:
    """Return the points of one submission; None without a mark."""
    return {
        "name": submission.name,
        "points": decimal(submission.earned) if submission.marked else None,
        "max_points": decimal(gradebook.worth),
        "message": summary(submission),
    }


def test_table(submission: SubmissionMark, row: Row) -> dict[str, Any]:
    """Return one test."""
    test = row.test
    found: dict[str, Any] = {
        "name": one_line(row.name),
        "status": status(test),
        "duration": round(test.seconds * 1000),
        "suite": [each for each in (submission.name, row.slug) if each],
        "rawStatus": test.verdict.value,
        "extra": {
            "id": test.id,
            "points": None if status(test) == "other" else decimal(test.earned),
            "max_points": decimal(test.worth),
            "hidden": test.hidden,
            "box": test.box.value,
        },
    }
    if told := story(test):
        found["message"] = told
    if test.printed:
        found["stdout"] = test.printed.splitlines()
    return found


def status(test: TestMark) -> str:
    """Return the one of CTRF's states that fits."""
    if test.verdict is Verdict.GRADER_ERROR:
        return "other"
    known = {Verdict.PASSED: "passed", Verdict.NOT_JUDGED: "skipped"}
    return known.get(test.verdict, "failed")
