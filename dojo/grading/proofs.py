"""The proofs of a kata's black-box checks: right answers pass them all, the stub passes none."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from dojo import catalogue, parts
from dojo.blackbox import checks
from dojo.blackbox.checks import Check
from dojo.grading import kit, outside, sandbox
from dojo.grading.model import TestMark, Verdict
from dojo.grading.outside import Stand
from dojo.model import Kata

STUB = "stub"


@dataclass(frozen=True)
class Attempt:
    """One check of one answer.

    Attributes:
        answer: Such as ``answer``, ``accepted/gather``, ``rejected/sequential``, or ``stub``.
    """

    kata: Kata
    answer: str
    mark: TestMark

    @property
    def problem(self) -> str:
        """What is wrong with the check; empty if nothing is."""
        passed = self.mark.verdict is Verdict.PASSED
        if self.answer == STUB and passed:
            return "the stub passes"
        if self.answer.startswith(("answer", "accepted")) and not passed:
            return f"{self.mark.verdict}: {self.mark.message}\n{self.mark.printed}".rstrip()
        return ""


def attempts(
    root: Path, katas: Sequence[Kata], *, wrong: bool, workers: int | None = None
) -> Iterator[Attempt]:
    """Yield what becomes of every check of *katas*: on the stub, and on all answers there are.

    Args:
        wrong: Whether the rejected answers are tried, too. A check need not catch them: many are
            wrong in what can't be seen from outside.
    """
    found = {kata: loaded for kata in katas if (loaded := checks.load(kata.suite))}
    level, limits = sandbox.probe(), sandbox.Limits()
    with (
        tempfile.TemporaryDirectory(prefix="dojo-kit-", ignore_cleanup_errors=True) as folder,
        tempfile.TemporaryDirectory(prefix="dojo-") as empty,
        ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool,
    ):
        own = kit.build(root, found, Path(folder))
        Path(empty).chmod(0o755)

        def attempt(kata: Kata, answer: str, place: Path, check: Check) -> Attempt:
            stand = Stand(own, kata, found[kata], place, level, limits, "proof")
            return Attempt(kata, answer, outside.mark(stand, check))

        yield from pool.map(
            lambda words: attempt(*words),
            [
                (kata, answer, place, check)
                for kata in found
                for answer, place in answers(kata, Path(empty), wrong=wrong)
                for check in found[kata].checks
            ],
        )


def answers(kata: Kata, empty: Path, *, wrong: bool) -> Iterator[tuple[str, Path]]:
    """Yield name and folder of the stub and of all answers of *kata*."""
    yield STUB, empty
    yield "answer", kata.solutions / "answer"
    kinds = ["accepted", "rejected"] if wrong else ["accepted"]
    for kind in kinds:
        for folder in catalogue.subfolders(kata.solutions / kind):
            if parts.files_below(folder):
                yield f"{kind}/{folder.name}", folder
