"""What a report says of a submission, test by test and in a sentence; the same in all formats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dojo.grading.model import HUNDREDTHS, Gradebook, SubmissionMark, TestMark, Verdict

NO_MARK = "No mark: the grader failed, not the submission."
WORDS = {
    Verdict.PASSED: "Passed",
    Verdict.FAILED: "Failed",
    Verdict.TIMEOUT: "Timed out",
    Verdict.NOT_JUDGED: "Not judged",
    Verdict.CRASHED: "Crashed",
    Verdict.MISSING: "Missing",
    Verdict.TAMPERED: "Tampered",
    Verdict.GRADER_ERROR: "No mark",
}


@dataclass(frozen=True)
class Row:
    """One line of a list of tests.

    Attributes:
        slug: The kata's; empty for what is about the whole submission.
        test: A test, or something that stands in for tests: a refusal, a fault, or those that are
            hidden.
    """

    slug: str
    test: TestMark

    @property
    def name(self) -> str:
        """Such as ``k102 All calls run at once.``; never empty."""
        number = self.slug.partition("_")[0]
        return " ".join(filter(None, (number, self.test.title or self.test.id)))


def rows(gradebook: Gradebook, submission: SubmissionMark) -> Iterator[Row]:
    """Yield what there is to say of *submission*; earned and worth add up to the totals.

    A refused submission has one row that fails, and is worth all. Where the grader failed there is
    one `Verdict.GRADER_ERROR` for the submission or the kata, and no test of it.
    """
    if submission.fault:
        yield Row("", _no_mark(submission.fault, gradebook.worth))
    elif submission.refused:
        yield Row(
            "",
            TestMark(
                id="submission",
                title="The submission was refused.",
                task=None,
                verdict=Verdict.FAILED,
                worth=gradebook.worth,
                message=submission.refused,
                error="Refused",
            ),
        )
    else:
        for kata in submission.katas:
            if kata.fault:
                yield Row(kata.slug, _no_mark(kata.fault, kata.worth))
            else:
                yield from (Row(kata.slug, test) for test in kata.tests)


def learner_rows(gradebook: Gradebook, submission: SubmissionMark) -> Iterator[Row]:
    """Yield what a learner may see: of hidden tests how many, their points, and whether all pass.

    The grader's own troubles are not told in its words, which may name its files.
    """
    hidden: dict[str, list[TestMark]] = {}
    shown: dict[str, list[TestMark]] = {}
    for row in rows(gradebook, submission):
        shown.setdefault(row.slug, [])
        if row.test.hidden:
            hidden.setdefault(row.slug, []).append(row.test)
        elif row.test.verdict is Verdict.GRADER_ERROR:
            shown[row.slug].append(_no_mark("", row.test.worth))
        else:
            shown[row.slug].append(row.test)
    for slug, tests in shown.items():
        yield from (Row(slug, test) for test in tests)
        if slug in hidden:
            yield Row(slug, _as_one(hidden[slug]))


def _no_mark(fault: str, worth: int) -> TestMark:
    return TestMark(
        id="grader",
        title=NO_MARK,
        task=None,
        verdict=Verdict.GRADER_ERROR,
        worth=worth,
        message=fault or "Ask whoever runs it to grade this again.",
    )


def _as_one(tests: list[TestMark]) -> TestMark:
    failed = sum(test.verdict is not Verdict.PASSED for test in tests)
    return TestMark(
        id="hidden",
        title=hidden_tests(len(tests)),
        task=None,
        verdict=Verdict.FAILED if failed else Verdict.PASSED,
        hidden=True,
        earned=sum(test.earned for test in tests),
        worth=sum(test.worth for test in tests),
        message=f"Not passed: {failed} of {len(tests)}." if failed else "",
        seconds=sum(test.seconds for test in tests),
    )


def facts(test: TestMark) -> str:
    """Return why *test* did not pass, and where; empty for a pass, or if nothing is known."""
    if test.verdict is Verdict.PASSED:
        return ""
    return "\n".join(filter(None, (test.message or test.error, test.where)))


def story(test: TestMark) -> str:
    """Return the same, led by how *test* ended if it did not simply fail; empty for a pass."""
    told = facts(test)
    if test.verdict is Verdict.PASSED or (test.verdict is Verdict.FAILED and told):
        return told
    word = WORDS[test.verdict]
    return f"{word}: {told}" if told else f"{word}."


def summary(submission: SubmissionMark) -> str:
    """Return in one sentence how *submission* ended, hidden tests included."""
    if submission.fault:
        return f"{NO_MARK} {submission.fault}"
    if submission.refused:
        return f"Refused: {submission.refused}"
    faults = [kata.slug.partition("_")[0] for kata in submission.katas if kata.fault]
    if faults:
        return f"{NO_MARK} It failed at {', '.join(faults)}."
    return count([test for kata in submission.katas for test in kata.tests])


def learner_summary(submission: SubmissionMark) -> str:
    """Return the same for a learner, which does not tell of the outcome of hidden tests."""
    if not submission.marked:
        return f"{NO_MARK} Ask whoever runs it to grade this again."
    if submission.refused:
        return summary(submission)
    tests = [test for kata in submission.katas for test in kata.tests]
    seen = [test for test in tests if not test.hidden]
    if len(seen) == len(tests):
        return count(tests)
    hidden = hidden_tests(len(tests) - len(seen))
    passed = sum(test.verdict is Verdict.PASSED for test in seen)
    return f"Of the tests that you can see, {passed} of {len(seen)} passed. Besides: {hidden}."


def hidden_tests(number: int) -> str:
    """Return how many tests are hidden, in words."""
    return f"{number} hidden test{'' if number == 1 else 's'}"


def count(tests: Sequence[TestMark]) -> str:
    """Return how many of *tests* passed, as a sentence."""
    passed = sum(test.verdict is Verdict.PASSED for test in tests)
    if passed == len(tests):
        return "All tests passed." if tests else "No tests."
    return f"{passed} of {len(tests)} tests passed."


def decimal(hundredths: int) -> float:
    """Return hundredths of a point as points, for formats that have numbers."""
    return hundredths / HUNDREDTHS
