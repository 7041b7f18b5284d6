"""Plain text: one submission kata by kata, or a class as a table; what ``dojo grade`` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rich.cells import cell_len, set_cell_size

from dojo.grading.model import (
    Gradebook,
    KataMark,
    SubmissionMark,
    TestMark,
    points,
)
from dojo.reports.clean import cleaned, cut, one_line
from dojo.reports.rows import NO_MARK, WORDS, count, facts, summary

FILE = "report.txt"
PER_SUBMISSION = False

WIDEST_NAME = 40
FIRST_FAILURES = 3
LONGEST_STORY = 600
WORST = 5


def write(gradebook: Gradebook) -> str:
    """Return one submission in full, or more of them as a table; lines end with a newline."""
    gradebook = cleaned(gradebook)
    if len(gradebook.submissions) == 1:
        lines = one(gradebook, gradebook.submissions[0])
    else:
        lines = many(gradebook)
    return "".join(f"{line}".rstrip() + "\n" for line in [*lines, "", *foot(gradebook)])


def one(gradebook: Gradebook, submission: SubmissionMark) -> Iterator[str]:
    """Yield the lines on one submission: each kata, its first failures, and the total."""
    for kata in submission.katas:
        yield from kata_lines(kata)
        yield ""
    yield from (f"Note: {one_line(note)}" for note in submission.notes)
    yield f"{one_line(submission.name)}: {total(gradebook, submission)}"
    yield one_line(summary(submission))


def kata_lines(kata: KataMark) -> Iterator[str]:
    """Yield the lines on one kata of one submission."""
    head = f"{kata.slug} {kata.title} · "
    if kata.fault:
        yield f"{head}no mark"
        yield f"  {NO_MARK} {one_line(kata.fault)}"
        return
    passed = count(kata.tests).rstrip(".").lower()
    handed_in = "" if kata.handed_in else " · not handed in"
    yield f"{head}{points(kata.earned)} of {kata.points} points · {passed}{handed_in}"
    for test in kata.failures[:FIRST_FAILURES]:
        hidden = " (hidden)" if test.hidden else ""
        yield f"  {WORDS[test.verdict].upper():10} {one_line(test.title or test.id)}{hidden}"
        told = cut(facts(test), LONGEST_STORY).splitlines()
        yield from (f"            {line}" for line in told)
    more = len(kata.failures) - FIRST_FAILURES
    if more > 0:
        yield f"  … and {more} more"
    yield from (f"  Known misconception: {known.lesson}" for known in kata.resembles)
    yield from (f"  Note: {one_line(note)}" for note in kata.notes)


def many(gradebook: Gradebook) -> Iterator[str]:
    """Yield the lines on a class: a row a submission, what fails most, how many have no mark."""
    names = [one_line(each.name) for each in gradebook.submissions]
    width = min(WIDEST_NAME, max([len("Submission"), *map(cell_len, names)]))
    yield f"{'Submission':{width}}  {'Points':>8}  {'Katas':>7}  Remark"
    for name, submission in zip(names, gradebook.submissions, strict=True):
        solved = sum(kata.passed for kata in submission.katas)
        earned = points(submission.earned) if submission.marked else "–"
        katas = f"{solved} of {len(gradebook.katas)}"
        remark = one_line(remark_on(submission))
        yield f"{fit(name, width)}  {earned:>8}  {katas:>7}  {remark}"
    yield f"{len(names)} submissions, {points(gradebook.worth)} points each."
    yield from worst(gradebook)
    without = sum(not submission.marked for submission in gradebook.submissions)
    if without:
        yield f"Without a mark, by the grader's own fault: {without}. Grade these again."


def worst(gradebook: Gradebook) -> Iterator[str]:
    """Yield the tests that most submissions do not pass."""
    tests: dict[tuple[str, str], TestMark] = {}
    failed: Counter[tuple[str, str]] = Counter()
    for submission in gradebook.submissions:
        for kata in submission.katas:
            for test in kata.tests if kata.marked else ():
                if not test.failed:
                    continue
                failed[kata.slug, test.id] += 1
                tests.setdefault((kata.slug, test.id), test)
    if failed:
        yield ""
        yield "What fails most:"
    for (slug, id), number in failed.most_common(WORST):
        test = tests[slug, id]
        hidden = " (hidden)" if test.hidden else ""
        yield f"  {number:4} × {slug} {one_line(test.title or id)}{hidden}"
    if failed:
        yield ""


def remark_on(submission: SubmissionMark) -> str:
    """Return what a reader of the table has to know besides the points."""
    if submission.refused or not submission.marked:
        return summary(submission)
    found = [f"tampered: {numbers}"] if (numbers := _numbers(submission, tampered=True)) else []
    if numbers := _numbers(submission, tampered=False):
        found.append(f"not handed in: {numbers}")
    return "; ".join(found)


def _numbers(submission: SubmissionMark, *, tampered: bool) -> str:
    katas = [
        kata for kata in submission.katas if (kata.tampered if tampered else not kata.handed_in)
    ]
    return ", ".join(kata.slug.partition("_")[0] for kata in katas)


def total(gradebook: Gradebook, submission: SubmissionMark) -> str:
    """Return what *submission* earned in all."""
    if not submission.marked:
        return "no mark"
    return f"{points(submission.earned)} of {points(gradebook.worth)} points"


def foot(gradebook: Gradebook) -> Iterator[str]:
    """Yield what the verdicts rest on."""
    versions = ", ".join(f"{name} {version}" for name, version in gradebook.versions.items())
    yield f"Graded at {gradebook.graded_at} with {versions}; sandbox {gradebook.sandbox}."


def fit(text: str, width: int) -> str:
    """Return *text* as wide as *width* columns of a terminal, cut if need be."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - 1) + "…"
