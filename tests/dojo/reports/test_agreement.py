"""All formats agree on every total: read back from what each wrote, of gradebooks by lot."""

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from dojo import reports
from dojo.grading.model import Gradebook, SubmissionMark
from tests.dojo.reports.books import by_lot, rich

BOOKS = [rich(), *map(by_lot, range(40))]
# Hundredths of a point; None for no mark.
Mark = int | None


def hundredths(text: str) -> Mark:
    """Return points as a person reads them."""
    return int(Decimal(text) * 100) if text not in {"", "–"} else None


def by_hand(submission: SubmissionMark) -> Mark:
    """Return what is right, from nothing but the tests."""
    faults = [submission.fault, *(kata.fault for kata in submission.katas)]
    if any(faults):
        return None
    return sum(test.earned for kata in submission.katas for test in kata.tests)


def kata_marks(gradebook: Gradebook, submission: SubmissionMark) -> dict[str, Mark]:
    """Return the same for each kata of the gradebook."""
    none = 0 if submission.refused else None
    return {head.slug: none for head in gradebook.katas} | {
        kata.slug: None if kata.fault else sum(test.earned for test in kata.tests)
        for kata in submission.katas
    }


def in_text(gradebook: Gradebook) -> list[Mark]:
    """Read the text of each submission alone, and the table of all."""
    alone = []
    for submission in gradebook.submissions:
        said = reports.text.write(replace(gradebook, submissions=(submission,)))
        found = re.findall(r": (no mark|([\d.]+) of ([\d.]+) points)$", said, re.MULTILINE)
        assert len(found) == 1
        assert found[0][0] == "no mark" or hundredths(found[0][2]) == gradebook.worth
        alone.append(hundredths(found[0][1]))
    if len(alone) > 1:
        table = reports.text.write(gradebook)
        rows = re.findall(r"  ([\d.]+|–) +\d+ of \d+(?:  |$)", table, re.MULTILINE)
        assert [hundredths(row) for row in rows] == alone
    return alone


def in_json(gradebook: Gradebook) -> list[Mark]:
    """Read the totals, which must be the sums of the katas'."""
    report = json.loads(reports.json.write(gradebook))
    assert report["worth"] == gradebook.worth
    for row, submission in zip(report["submissions"], gradebook.submissions, strict=True):
        katas = {kata["slug"]: kata["earned"] for kata in row["katas"]}
        assert kata_marks(gradebook, submission) | katas == kata_marks(gradebook, submission)
    return [row["earned"] for row in report["submissions"]]


def in_csv(gradebook: Gradebook) -> list[Mark]:
    """Read the table."""
    rows = list(csv.DictReader(io.StringIO(reports.csv.write(gradebook))))
    for row, submission in zip(rows, gradebook.submissions, strict=True):
        right = kata_marks(gradebook, submission)
        assert {slug: hundredths(row[slug]) for slug in right} == right
        assert hundredths(row["worth"]) == gradebook.worth
    return [hundredths(row["total"]) for row in rows]


def in_markdown(gradebook: Gradebook) -> list[Mark]:
    """Read the table, and the headings below it."""
    report = reports.markdown.write(gradebook)
    rows = [line.split(" | ") for line in report.splitlines() if line.startswith("| ")][3:]
    for row, submission in zip(rows, gradebook.submissions, strict=True):
        marks = [hundredths(cell.removesuffix(" (tampered)")) for cell in row[1:-2]]
        assert marks == list(kata_marks(gradebook, submission).values())
    totals = [hundredths(row[-2]) for row in rows]
    heads = re.findall(r"^## .*: (?:no mark|([\d.]+) of [\d.]+ points)$", report, re.MULTILINE)
    assert [hundredths(head) for head in heads] == totals
    return totals


def in_junit(gradebook: Gradebook) -> list[Mark]:
    """Read the properties; an error stands where, and only where, there is no mark."""
    totals = []
    for suite in ET.fromstring(reports.junit.write(gradebook)):
        facts = {each.get("name"): each.get("value", "") for each in suite.iter("property")}
        assert hundredths(facts["worth"]) == gradebook.worth
        assert (suite.get("errors") == "0") == ("earned" in facts)
        assert len(list(suite.iter("error"))) == int(suite.get("errors", ""))
        assert len(list(suite.iter("failure"))) == int(suite.get("failures", ""))
        assert len(list(suite.iter("skipped"))) == int(suite.get("skipped", ""))
        assert len(list(suite.iter("testcase"))) == int(suite.get("tests", ""))
        totals.append(hundredths(facts.get("earned", "")))
    return totals


def in_ctrf(gradebook: Gradebook) -> list[Mark]:
    """Read the summary."""
    results = json.loads(reports.ctrf.write(gradebook))["results"]
    counted = results["summary"]
    assert counted["tests"] == len(results["tests"])
    states = ("passed", "failed", "skipped", "other")
    assert counted["tests"] == sum(counted[state] for state in states)
    marks = [row["points"] for row in counted["extra"]["submissions"]]
    assert bool(counted["other"]) == (None in marks)
    return [None if mark is None else round(mark * 100) for mark in marks]


def in_gradescope(gradebook: Gradebook) -> list[Mark]:
    """Read the score, which must be the sum of the tests', as what they are worth."""
    totals = []
    for submission in gradebook.submissions:
        report = json.loads(reports.gradescope.write(gradebook, submission))
        score = report.get("score")
        totals.append(None if score is None else round(score * 100))
        if score is not None:
            assert sum(round(test["score"] * 100) for test in report["tests"]) == totals[-1]
            worth = sum(round(test["max_score"] * 100) for test in report["tests"])
            assert worth == gradebook.worth
    return totals


def in_prairielearn(gradebook: Gradebook) -> list[Mark]:
    """Read the share, and the sums that must give the same."""
    totals: list[Mark] = []
    for submission in gradebook.submissions:
        report = json.loads(reports.prairielearn.write(gradebook, submission))
        if not report["gradable"]:
            totals.append(None)
            continue
        totals.append(round(report["score"] * gradebook.worth))
        assert sum(round(test["points"] * 100) for test in report["tests"]) == totals[-1]
        worth = sum(round(test["max_points"] * 100) for test in report["tests"])
        assert worth == gradebook.worth
    return totals


@pytest.mark.parametrize(
    "read",
    [in_text, in_json, in_csv, in_markdown, in_junit, in_ctrf, in_gradescope, in_prairielearn],
)
def test_totals_agree(read: Callable[[Gradebook], list[Mark]]) -> None:
    """To the hundredth, total and katas; and no mark is no mark everywhere, never 0."""
    for book in BOOKS:
        assert read(book) == [by_hand(submission) for submission in book.submissions]


def test_whole_points_are_the_total_rounded_down() -> None:
    """Classroom 50 knows integers only; they add up, and no mark is 0 of 0 and not passed."""
    for book in BOOKS:
        for submission in book.submissions:
            report = json.loads(reports.classroom50.write(book, submission, {}))
            mark = by_hand(submission)
            tests = report["tests"]
            assert report["score"] == (mark or 0) // 100
            assert report["max-score"] == (0 if mark is None else book.worth // 100)
            assert report["score"] == sum(test["score"] for test in tests)
            assert report["max-score"] == sum(test["max-score"] for test in tests)
            assert all(test["score"] <= test["max-score"] for test in tests)
            assert all(test["passed"] for test in tests) == submission.passed


def test_a_pass_is_a_pass_everywhere() -> None:
    """Where there are no points, states say so; a hidden failure is one, too."""
    states = set()
    for book in BOOKS:
        for submission in book.submissions:
            report = json.loads(reports.exercism.write(book, submission))
            states.add(report["status"])
            assert (report["status"] == "pass") == submission.passed
            assert all(
                test["status"] == "pass" for test in report["tests"]
            ) == submission.passed or (report["status"] == "error" and not report["tests"])
            if by_hand(submission) is None or submission.refused:
                assert report["status"] == "error"
    assert states == {"pass", "fail", "error"}
