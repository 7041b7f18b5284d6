"""Markdown: a table of submissions and katas, then what failed; for an issue or a wiki.

Whatever came from a submission stands in code, where there are no links, mentions and markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dojo.grading.model import Gradebook, KataMark, SubmissionMark, points
from dojo.reports.clean import cleaned, cut, one_line
from dojo.reports.rows import WORDS, facts, summary
from dojo.reports.text import foot, remark_on, total

FILE = "report.md"
PER_SUBMISSION = False

LONGEST_STORY = 2000


def write(gradebook: Gradebook) -> str:
    """Return the whole gradebook as a document of GitHub's dialect."""
    gradebook = cleaned(gradebook)
    lines = ["# Grades", "", *overview(gradebook)]
    for submission in gradebook.submissions:
        lines += ["", f"## {code(submission.name)}: {total(gradebook, submission)}", ""]
        lines += details(submission)
    return "\n".join([*lines, "", *map(escaped, foot(gradebook))]) + "\n"


def overview(gradebook: Gradebook) -> Iterator[str]:
    """Yield a table: a row a submission, a column a kata."""
    numbers = [head.slug.partition("_")[0] for head in gradebook.katas]
    yield line("Submission", *numbers, "Total", "Remark")
    yield line("---", *["---:" for _ in numbers], "---:", "---")
    yield line(
        "*worth*", *[str(head.points) for head in gradebook.katas], points(gradebook.worth), ""
    )
    for submission in gradebook.submissions:
        marks = {kata.slug: cell(kata) for kata in submission.katas}
        none = "0" if submission.refused else "–"
        remark = remark_on(submission)
        yield line(
            code(submission.name, in_table=True),
            *[marks.get(head.slug, none) for head in gradebook.katas],
            points(submission.earned) if submission.marked else "–",
            code(remark, in_table=True) if remark else "",
        )


def line(*cells: str) -> str:
    """Return one row of a table."""
    return f"| {' | '.join(cells)} |"


def cell(kata: KataMark) -> str:
    """Return the points of one kata, with what a reader must not miss."""
    if not kata.marked:
        return "–"
    return points(kata.earned) + (" (tampered)" if kata.tampered else "")


def details(submission: SubmissionMark) -> Iterator[str]:
    """Yield the failures of one submission, kata by kata."""
    if submission.fault or submission.refused or not submission.marked:
        yield code(summary(submission))
    else:
        yield summary(submission)
    yield from (f"\n- Note: {code(note)}" for note in submission.notes)
    for kata in submission.katas:
        if kata.passed and not kata.notes:
            continue
        mark = f"{points(kata.earned)} of {kata.points} points" if kata.marked else "no mark"
        yield f"\n### {escaped(f'{kata.slug}: {kata.title}')} ({mark})\n"
        if kata.fault:
            yield f"- No mark: {code(kata.fault)}"
            continue
        for test in kata.failures:
            hidden = ", hidden" if test.hidden else ""
            yield f"- {code(test.title or test.id)} ({WORDS[test.verdict].lower()}{hidden})"
            yield fenced(cut(facts(test), LONGEST_STORY))
        yield from (f"- Known misconception: {escaped(known.lesson)}" for known in kata.resembles)
        yield from (f"- Note: {code(note)}" for note in kata.notes)


def escaped(text: str) -> str:
    """Return text of our own so that Markdown shows it as it is."""
    return re.sub(r"([\\`*_{}\[\]<>#|~&@])", r"\\\1", one_line(text))


def code(text: str, *, in_table: bool = False) -> str:
    """Return *text* as a span of code, on one line."""
    text = one_line(text) or " "
    if in_table:  # a bar ends the cell, even within code
        text = text.replace("|", "\N{BOX DRAWINGS LIGHT VERTICAL}")
    ticks = "`" * (longest_run(text) + 1)
    # A space inside, which Markdown takes away again: text may begin or end with a backtick.
    return f"{ticks} {text} {ticks}" if "`" in text else f"{ticks}{text}{ticks}"


def fenced(text: str) -> str:
    """Return *text* as a block of code within a list item."""
    fence = "`" * max(3, longest_run(text) + 1)
    return "\n".join(f"  {line}".rstrip() for line in [f"{fence}text", *text.splitlines(), fence])


def longest_run(text: str) -> int:
    """Return how many backticks stand in a row in *text*."""
    return max(map(len, re.findall("`+", text)), default=0)
