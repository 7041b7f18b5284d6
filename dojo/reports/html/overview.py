"""What a gradebook comes to: how much was earned, which tests fail most, what is misunderstood."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dojo.grading.model import (
    Gradebook,
    KataHead,
    KataMark,
    Misconception,
    SubmissionMark,
    TestMark,
    points,
)

# Shares of the points by level: nothing, five fifths, everything.
LEVELS = (
    "nothing",
    "below 20 %",
    "20 to 39 %",
    "40 to 59 %",
    "60 to 79 %",
    "80 % and more",
    "everything",
)
NOTHING, EVERYTHING = 0, len(LEVELS) - 1


def level(earned: int, worth: int) -> int:
    """Return which of the `LEVELS` a share of the points is."""
    if earned <= 0:
        return NOTHING
    return EVERYTHING if earned >= worth else 1 + earned * (EVERYTHING - 1) // worth


@dataclass(frozen=True)
class Failing:
    """A test, and how many of the answers that were handed in fail it."""

    kata: KataHead
    test: TestMark
    count: int
    of: int

    @property
    def percent(self) -> int:
        """Rounded share."""
        return round(100 * self.count / self.of)


@dataclass(frozen=True)
class Misunderstood:
    """A misconception, and how many answers look like it."""

    kata: KataHead
    misconception: Misconception
    count: int


@dataclass(frozen=True)
class KataOverview:
    """One kata, over all answers that were handed in and have a mark.

    Attributes:
        answers: How many these are.
        passed: How many of them passed every test.
        levels: How many earned how much, by level.
        median: In points, as text; empty without answers.
        failing, misunderstood: The most frequent first.
    """

    head: KataHead
    answers: int
    passed: int
    levels: tuple[int, ...]
    median: str
    failing: tuple[Failing, ...]
    misunderstood: tuple[Misunderstood, ...]


def of_katas(gradebook: Gradebook) -> tuple[KataOverview, ...]:
    """Return an overview of each kata, in their order."""
    marks: dict[str, list[KataMark]] = {head.slug: [] for head in gradebook.katas}
    for submission in gradebook.submissions:
        for kata in submission.katas:
            if kata.marked and kata.handed_in and kata.slug in marks:
                marks[kata.slug].append(kata)
    return tuple(of_kata(head, marks[head.slug]) for head in gradebook.katas)


def of_kata(head: KataHead, marks: Sequence[KataMark]) -> KataOverview:
    """Return the overview of one kata."""
    levels = Counter(level(mark.earned, mark.worth) for mark in marks)
    tests = {test.id: test for mark in marks for test in mark.tests}
    failures = Counter(test.id for mark in marks for test in mark.tests if test.failed)
    alike = Counter(each for mark in marks for each in set(mark.resembles))
    return KataOverview(
        head,
        answers=len(marks),
        passed=sum(mark.passed for mark in marks),
        levels=tuple(levels[number] for number in range(len(LEVELS))),
        median=median(mark.earned for mark in marks),
        failing=tuple(
            Failing(head, tests[id], count, len(marks)) for id, count in failures.most_common()
        ),
        misunderstood=tuple(
            Misunderstood(head, each, count)
            for each, count in sorted(alike.items(), key=lambda item: (-item[1], item[0].name))
        ),
    )


def median(earned: Iterable[int]) -> str:
    """Return the median of hundredths in points, rounded down to one; empty if there are none."""
    values = list(earned)
    return points(int(statistics.median(values))) if values else ""


def most_failed(katas: Iterable[KataOverview], most: int) -> list[Failing]:
    """Return the tests that the largest shares of answers fail."""
    found = [each for kata in katas for each in kata.failing]
    return sorted(found, key=lambda each: (-each.count / each.of, -each.of))[:most]


def most_misunderstood(katas: Iterable[KataOverview], most: int) -> list[Misunderstood]:
    """Return the misconceptions that most answers look like."""
    found = [each for kata in katas for each in kata.misunderstood]
    return sorted(found, key=lambda each: -each.count)[:most]


def tampered(submission: SubmissionMark) -> bool:
    """Tell whether a submission was seen to meddle with its judge in any kata."""
    return any(kata.tampered for kata in submission.katas)
