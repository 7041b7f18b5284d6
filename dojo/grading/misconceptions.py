"""Which known wrong answer a submission resembles: one that fails the same tests."""

from __future__ import annotations

from dojo import catalogue
from dojo.catalogue import CatalogueError
from dojo.grading.model import Box, KataMark, Misconception, Verdict
from dojo.model import Case, Kata

MOST = 3


def like(kata: Kata, mark: KataMark) -> tuple[Misconception, ...]:
    """Return the rejected answers of *kata* that fail exactly the tests that *mark* failed.

    None for a kata that passed, that did not run, or where there are no solutions.
    """
    own = [test for test in mark.tests if test.box is Box.WHITE and not test.hidden]
    ran = {Verdict.PASSED, Verdict.FAILED, Verdict.TIMEOUT}
    failed = {
        Case(test.id, "", None).function for test in own if test.verdict is not Verdict.PASSED
    }
    if not failed or any(test.verdict not in ran for test in own):
        return ()
    try:
        rejected = catalogue.solutions(kata, kata.solutions.parents[1]).rejected
    except CatalogueError:  # this copy has none
        return ()
    return tuple(
        Misconception(one.name, one.lesson) for one in rejected if set(one.caught_by) == failed
    )[:MOST]
