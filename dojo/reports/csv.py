"""CSV: one row a submission, one column a kata, and the total, for a spreadsheet."""

from __future__ import annotations

import csv
import io

from dojo.grading.model import Gradebook, SubmissionMark, points
from dojo.reports.clean import cleaned, one_line
from dojo.reports.text import remark_on

FILE = "report.csv"
PER_SUBMISSION = False

# A spreadsheet takes what begins so for a formula, and runs it; full-width forms, too.
FORMULA = tuple("=+-@\t\r＝＋－＠")


def write(gradebook: Gradebook) -> str:
    """Return the table; a cell is empty where the grader failed: that is not 0."""
    gradebook = cleaned(gradebook)
    slugs = [head.slug for head in gradebook.katas]
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\n")
    table.writerow(["submission", "source", *map(cell, slugs), "total", "worth", "remark"])
    for submission in gradebook.submissions:
        total = points(submission.earned) if submission.marked else ""
        texts = [cell(submission.name), cell(submission.source)]
        marks = katas(gradebook, submission)
        remark = cell(remark_on(submission))
        table.writerow([*texts, *marks, total, points(gradebook.worth), remark])
    return file.getvalue()


def katas(gradebook: Gradebook, submission: SubmissionMark) -> list[str]:
    """Return the points of each kata, in the order of the gradebook's."""
    none = "0" if submission.refused else ""
    earned = {kata.slug: points(kata.earned) if kata.marked else "" for kata in submission.katas}
    return [earned.get(head.slug, none) for head in gradebook.katas]


def cell(text: str) -> str:
    """Return *text* as a spreadsheet shows it, and does not run it."""
    text = one_line(text)
    return f"'{text}" if text.startswith(FORMULA) else text
