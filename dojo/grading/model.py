"""What grading finds out: frozen, free of disk and process; every report is written from it.

Points are counted in hundredths, as integers, so that sums are exact and all reports agree.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from dojo.model import Bar as Bar

HUNDREDTHS = 100


class Verdict(enum.StrEnum):
    """How one test of a submission ended. Only `PASSED` earns points.

    A check from outside is `NOT_JUDGED` where a fault that belongs to another task keeps it from
    seeing what it is there to see: that is no fault in its own task, and no reason to suspect it.
    """

    PASSED = "passed"
    FAILED = "failed"
    TIMEOUT = "timeout"
    NOT_JUDGED = "not_judged"
    CRASHED = "crashed"
    MISSING = "missing"
    TAMPERED = "tampered"
    GRADER_ERROR = "grader_error"


class Box(enum.StrEnum):
    """Where a test is judged.

    White-box tests run in the process of the submission's code: tampering shows, and can't be ruled
    out. Black-box tests watch that process from outside: its code can't reach the verdict.
    """

    WHITE = "white-box"
    BLACK = "black-box"


@dataclass(frozen=True)
class TestMark:
    """One test of one kata, as one submission did.

    Attributes:
        id: Such as ``test_hello.py::test_answers_json[city]``; unique in the kata.
        title: First line of the test's docstring.
        task: Number of the task of the brief; None when the suite does not say.
        hidden: True for a test of the instructor's own that learners do not see.
        earned, worth: Hundredths of a point.
        message, error, where: The failure's facts, the type of its exception, and the line of the
            submission's code that it came from; all may be empty. Text from hostile code.
        printed: The last of what was printed while the test ran. Text from hostile code.
        seconds: Real time.
        timeline: What was called when, for tests that have a clock of their own.
    """

    __test__ = False

    id: str
    title: str
    task: int | None
    verdict: Verdict
    box: Box = Box.WHITE
    hidden: bool = False
    earned: int = 0
    worth: int = 0
    message: str = ""
    error: str = ""
    where: str = ""
    printed: str = ""
    seconds: float = 0.0
    timeline: tuple[Bar, ...] = ()

    @property
    def failed(self) -> bool:
        """True unless it passed, or nothing was said of its task."""
        return self.verdict not in {Verdict.PASSED, Verdict.NOT_JUDGED}


@dataclass(frozen=True)
class Misconception:
    """A known wrong answer whose tests failed in the same way.

    Attributes:
        name: Its folder in ``solutions/<kata>/rejected``.
        lesson: One sentence: what there is to learn.
    """

    name: str
    lesson: str


@dataclass(frozen=True)
class KataMark:
    """One kata, as one submission did.

    Attributes:
        points: What the kata is worth, in whole points.
        tests: All tests of the manifest, in file order, the hidden and the black-box ones behind.
        handed_in: True if the submission holds files of this kata; without them, it is judged on
            the stub.
        digest: SHA-256 of the files that were judged, hexadecimal.
        seed: What the inputs of black-box tests were drawn from.
        notes: What a reader of the mark should know: a file that was left out, words in the source
            that give reason to look, a second run.
        resembles: Known misconceptions that fail the same tests; empty for a kata that passed.
        fault: Why there is no mark: the grader's own fault. Empty otherwise.
        seconds: Real time of all runs.
    """

    slug: str
    title: str
    chapter: int
    points: int
    tests: tuple[TestMark, ...]
    handed_in: bool = True
    digest: str = ""
    seed: str = ""
    notes: tuple[str, ...] = ()
    resembles: tuple[Misconception, ...] = ()
    fault: str = ""
    seconds: float = 0.0

    @property
    def marked(self) -> bool:
        """False if the grader itself failed: then there is no mark, which is not the same as 0."""
        return not self.fault

    @property
    def earned(self) -> int:
        """Hundredths of a point."""
        return sum(test.earned for test in self.tests)

    @property
    def worth(self) -> int:
        """Hundredths of a point."""
        return self.points * HUNDREDTHS

    @property
    def passed(self) -> bool:
        """True if every test passed."""
        return self.marked and all(test.verdict is Verdict.PASSED for test in self.tests)

    @property
    def tampered(self) -> bool:
        """True if the submission was seen to meddle with its judge."""
        return any(test.verdict is Verdict.TAMPERED for test in self.tests)

    @property
    def failures(self) -> tuple[TestMark, ...]:
        """The tests that did not pass, in order, with those that were not judged."""
        return tuple(test for test in self.tests if test.verdict is not Verdict.PASSED)


@dataclass(frozen=True)
class SubmissionMark:
    """One submission.

    Attributes:
        name: As the instructor calls it; unique in a gradebook.
        source: Where it came from: name of the folder or file, without the path to it.
        refused: Why nothing of it could be judged, such as an archive with links; then `katas` is
            empty and it earns nothing. Empty otherwise.
        fault: Why there is no mark: the grader's own fault. Empty otherwise.
        notes: What a reader should know: files that were left out, say.
    """

    name: str
    source: str
    katas: tuple[KataMark, ...] = ()
    refused: str = ""
    fault: str = ""
    notes: tuple[str, ...] = ()

    @property
    def marked(self) -> bool:
        """False if there is no mark for at least one kata, by the grader's own fault."""
        return not self.fault and all(kata.marked for kata in self.katas)

    @property
    def earned(self) -> int:
        """Hundredths of a point."""
        return sum(kata.earned for kata in self.katas)

    @property
    def passed(self) -> bool:
        """True if every kata passed."""
        judged = self.marked and not self.refused and bool(self.katas)
        return judged and all(kata.passed for kata in self.katas)

    @property
    def seconds(self) -> float:
        """Real time of all runs."""
        return sum(kata.seconds for kata in self.katas)

    def whole(self) -> dict[str, int]:
        """Return whole points per kata, which add up to the whole points of the total.

        For formats that know integers only: each kata's are rounded down, and what is left of the
        total goes to those that lost most.
        """
        parts = {kata.slug: kata.earned // HUNDREDTHS for kata in self.katas}
        lost = {kata.slug: kata.earned % HUNDREDTHS for kata in self.katas}
        left = self.earned // HUNDREDTHS - sum(parts.values())
        for slug in sorted(lost, key=lambda slug: -lost[slug])[:left]:
            parts[slug] += 1
        return parts


@dataclass(frozen=True)
class KataHead:
    """What reports say of a kata above its marks."""

    slug: str
    title: str
    chapter: int
    points: int


@dataclass(frozen=True)
class Gradebook:
    """All that one call of ``dojo grade`` found out.

    Attributes:
        katas: Slug, title, chapter and points of each kata that was judged, in order.
        sandbox: Level of the sandbox and what it is made of, such as ``2: bubblewrap``.
        versions: Names and versions that the verdicts rest on: dojo, Django, Python, …
        kit: SHA-256 of the files that judged, hexadecimal.
        seed: What the seeds of black-box tests were drawn from.
        graded_at: ISO 8601, UTC, to the second.
    """

    katas: tuple[KataHead, ...]
    submissions: tuple[SubmissionMark, ...]
    sandbox: str
    versions: Mapping[str, str]
    kit: str
    seed: str
    graded_at: str

    @property
    def worth(self) -> int:
        """What a submission can earn: hundredths of a point."""
        return sum(kata.points for kata in self.katas) * HUNDREDTHS

    @property
    def marked(self) -> bool:
        """False if any submission lacks a mark by the grader's own fault."""
        return all(submission.marked for submission in self.submissions)


def points(hundredths: int) -> str:
    """Return hundredths of a point as a decimal number without needless zeros: 1250 -> ``12.5``."""
    whole, rest = divmod(hundredths, HUNDREDTHS)
    return f"{whole}.{rest:02}".rstrip("0").removesuffix(".") if rest else str(whole)


def share_out(amount: int, shares: Mapping[str, int | Fraction]) -> dict[str, int]:
    """Split *amount* into integers in proportion to *shares*: by the largest remainder.

    The result adds up to *amount* exactly; ties go to the earlier key. All zeros give zeros.
    """
    total = sum(shares.values())
    if not total:
        return dict.fromkeys(shares, 0)
    exact = {key: Fraction(share) * amount / Fraction(total) for key, share in shares.items()}
    parts = {key: int(value) for key, value in exact.items()}
    left = amount - sum(parts.values())
    by_remainder: Sequence[str] = sorted(exact, key=lambda key: parts[key] - exact[key])
    for key in by_remainder[:left]:
        parts[key] += 1
    return parts
