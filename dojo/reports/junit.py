"""JUnit XML in pytest's shape (``junit_family = xunit2``), for CI servers; names no host."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from dojo.grading.model import Gradebook, SubmissionMark, Verdict, points
from dojo.reports.clean import cleaned, one_line
from dojo.reports.rows import Row, rows, story, summary

FILE = "junit.xml"
PER_SUBMISSION = False

# What is no failure, and the element that it is instead.
OTHERS = {Verdict.GRADER_ERROR: "error", Verdict.NOT_JUDGED: "skipped"}


def write(gradebook: Gradebook) -> str:
    """Return one suite a submission; its properties hold the points, which JUnit does not know."""
    gradebook = cleaned(gradebook)
    root = ET.Element("testsuites", name="dojo grade")
    root.extend(suite(gradebook, submission) for submission in gradebook.submissions)
    ET.indent(root)
    return "<?xml version='1.0' encoding='utf-8'?>\n" + ET.tostring(root, "unicode") + "\n"


def suite(gradebook: Gradebook, submission: SubmissionMark) -> ET.Element:
    """Return the suite of one submission. No mark: no property ``earned``, and an error."""
    found = list(rows(gradebook, submission))
    verdicts = [row.test.verdict for row in found]
    errors = verdicts.count(Verdict.GRADER_ERROR)
    skipped = verdicts.count(Verdict.NOT_JUDGED)
    element = ET.Element(
        "testsuite",
        name=one_line(submission.name),
        tests=str(len(found)),
        errors=str(errors),
        failures=str(len(found) - errors - verdicts.count(Verdict.PASSED) - skipped),
        skipped=str(skipped),
        time=f"{submission.seconds:.3f}",
        timestamp=gradebook.graded_at,
    )
    facts = {"source": submission.source, "summary": summary(submission)}
    facts |= {
        f"earned.{kata.slug}": points(kata.earned) for kata in submission.katas if kata.marked
    }
    if submission.marked:
        facts["earned"] = points(submission.earned)
    facts["worth"] = points(gradebook.worth)
    properties = ET.SubElement(element, "properties")
    for name, value in facts.items():
        ET.SubElement(properties, "property", name=name, value=one_line(value))
    element.extend(case(submission, row) for row in found)
    return element


def case(submission: SubmissionMark, row: Row) -> ET.Element:
    """Return one test."""
    test = row.test
    where = ".".join(filter(None, (one_line(submission.name), row.slug)))
    element = ET.Element("testcase", classname=where, name=test.id, time=f"{test.seconds:.3f}")
    if test.verdict is not Verdict.PASSED:
        problem = ET.SubElement(
            element,
            OTHERS.get(test.verdict, "failure"),
            message=one_line(test.message or test.error or test.verdict),
            type=test.verdict,
        )
        problem.text = "\n".join(filter(None, (test.title, story(test))))
    if test.printed:
        ET.SubElement(element, "system-out").text = test.printed
    return element
