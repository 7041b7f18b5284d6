"""Classroom 50's ``result.json`` (``classroom50/result/v1``): whole points, one test a kata.

What only its runner knows, it hands to an autograder in environment variables.
Source: ``schemas/result-v1.schema.json`` of the project foundation50/classroom50.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from dojo.grading.model import HUNDREDTHS, Gradebook, SubmissionMark
from dojo.reports.clean import cleaned, one_line
from dojo.reports.rows import NO_MARK, learner_summary

FILE = "classroom50/result.json"
PER_SUBMISSION = True


def write(
    gradebook: Gradebook, submission: SubmissionMark, environ: Mapping[str, str] = os.environ
) -> str:
    """Return *submission*; without a mark it is 0 of 0, and one test that did not pass says why.

    No test at all would read there as a pass. The exit code of ``dojo grade``, 3, makes the runner
    put an error in its place.
    """
    submission = cleaned(submission)
    tests = katas(gradebook, submission)
    report = {
        "schema": "classroom50/result/v1",
        **place(gradebook, submission, environ),
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


def place(
    gradebook: Gradebook, submission: SubmissionMark, environ: Mapping[str, str]
) -> dict[str, str]:
    """Return whose submission to what it is, as the runner says; made up where there is none."""
    commit = environ.get("COMMIT_URL") or "none"
    return {
        "classroom": environ.get("CLASSROOM") or "none",
        "assignment": environ.get("ASSIGNMENT") or "none",
        "assignment_type": environ.get("ASSIGNMENT_TYPE") or "individual",
        "owner": environ.get("OWNER") or one_line(submission.name) or "none",
        "submission": environ.get("SUBMISSION_TAG") or "submit/none",
        "commit": commit,
        "release": environ.get("RELEASE_URL") or commit,
        "review": environ.get("REVIEW_URL") or commit,
        "datetime": gradebook.graded_at,
    }


def katas(gradebook: Gradebook, submission: SubmissionMark) -> list[dict[str, Any]]:
    """Return one test a kata; hidden tests are not told apart in it."""
    if not submission.marked:
        return [test_table(NO_MARK, False, 0, 0, learner_summary(submission))]
    if submission.refused:
        name = "The submission was refused."
        return [test_table(name, False, 0, gradebook.worth // HUNDREDTHS, submission.refused)]
    whole = submission.whole()
    return [
        test_table(
            one_line(f"{kata.slug}: {kata.title}"), kata.passed, whole[kata.slug], kata.points, ""
        )
        for kata in submission.katas
    ]


def test_table(name: str, passed: bool, score: int, worth: int, message: str) -> dict[str, Any]:
    """Return one test; further keys such as ``message`` are allowed in it."""
    table: dict[str, Any] = {"test-name": name, "passed": passed, "score": score}
    table["max-score"] = worth
    return table | ({"message": message} if message else {})
