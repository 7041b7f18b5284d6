"""The proofs of a kata's black-box checks: right answers pass them all, the stub passes none.

A wrong answer fails them for its own fault, or passes them: many are wrong in what can't be seen
from outside. And nobody is suspected who has only not come to the end.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from dojo import catalogue, parts, reset
from dojo.blackbox import checks
from dojo.blackbox.checks import Check
from dojo.grading import judge, kit, outside, sandbox, unfinished
from dojo.grading.model import TestMark, Verdict
from dojo.grading.outside import Stand
from dojo.grading.whitebox import Walls
from dojo.model import Kata

STUB = "stub"
# Of exceptions by which a check may fail; a site that can't be loaded raises none there.
VERDICTS = frozenset({"AssertionError", ""})


@dataclass(frozen=True)
class Attempt:
    """One check of one answer.

    Attributes:
        answer: Such as ``answer``, ``accepted/gather``, ``rejected/sequential``, or ``stub``.
        tasks: Of a rejected answer, the tasks to which the tests belong that are to catch it.
        involved: Other tasks than its own for whose faults the check may fail.
    """

    kata: Kata
    answer: str
    mark: TestMark
    tasks: frozenset[int | None] = frozenset()
    involved: frozenset[int] = frozenset()

    @property
    def is_right(self) -> bool:
        """True of answers that are to pass."""
        return self.answer.startswith(("answer", "accepted"))

    @property
    def catches(self) -> bool:
        """True if the check fails as it should on an answer that is wrong."""
        return self.mark.verdict is Verdict.FAILED and not self.is_right and not self.problem

    @property
    def problem(self) -> str:
        """What is wrong with the check; empty if nothing is."""
        mark = self.mark
        if mark.verdict is Verdict.PASSED:
            return "the stub passes" if self.answer == STUB else ""
        if mark.verdict is Verdict.NOT_JUDGED and not self.is_right and self.answer != STUB:
            return ""
        if self.is_right:
            return f"{mark.verdict}: {mark.message}\n{mark.printed}".rstrip()
        if mark.verdict is not Verdict.FAILED or mark.error not in VERDICTS:
            return f"{mark.verdict} by {mark.error or 'no exception'}, no verdict: {mark.message}"
        # A site that can't be loaded fails each check, by no exception.
        if self.answer != STUB and mark.error and not self.tasks & {mark.task, *self.involved}:
            return (
                f"fails in a check of task {mark.task}; the tests that are to catch it belong to "
                f"{sorted(map(str, self.tasks))}: {mark.message}"
            )
        return ""


def attempts(
    root: Path, katas: Sequence[Kata], *, wrong: bool, workers: int | None = None
) -> Iterator[Attempt]:
    """Yield what becomes of every check of *katas*: on the stub, and on all answers there are.

    Args:
        wrong: Whether the rejected answers are tried, too.
    """
    found = {kata: loaded for kata in katas if (loaded := checks.load(kata.suite))}
    caught_in = {kata: tasks_of_rejected(kata, root) for kata in found}
    none: frozenset[int | None] = frozenset()
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
            tasks = caught_in[kata].get(answer, none)
            return Attempt(kata, answer, marked(stand, check), tasks, check.involves)

        yield from pool.map(
            lambda words: attempt(*words),
            [
                (kata, answer, place, check)
                for kata in found
                for answer, place in answers(kata, Path(empty), wrong=wrong)
                for check in found[kata].checks
            ],
        )


@dataclass(frozen=True)
class Suspicion:
    """What the judge holds against an unfinished answer.

    Attributes:
        answer: Such as ``unfinished/views.desk``.
        tasks: Those that pass inside, and not from outside; there should be none.
    """

    kata: Kata
    answer: str
    tasks: frozenset[int]


def suspicions(
    root: Path, katas: Sequence[Kata], *, workers: int | None = None
) -> Iterator[Suspicion]:
    """Yield what becomes of every answer to *katas* that is not finished; see `unfinished`."""
    walls = Walls(sandbox.probe(), sandbox.Limits())
    with (
        tempfile.TemporaryDirectory(prefix="dojo-kit-", ignore_cleanup_errors=True) as folder,
        ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool,
    ):
        own = kit.build(root, katas, Path(folder))

        def judged(kata: Kata, name: str, files: Mapping[str, str]) -> Suspicion:
            data = {path: text.encode() for path, text in files.items()}
            _, _, in_doubt = judge.run_all(own, kata, data, walls, "proof")
            return Suspicion(kata, f"unfinished/{name}", frozenset(in_doubt))

        yield from pool.map(
            lambda words: judged(*words),
            [
                (kata, name, files)
                for kata in katas
                if checks.load(kata.suite)
                for name, files in unfinished.answers(*stub_and_answer(kata, root))
            ],
        )


def stub_and_answer(kata: Kata, root: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Return the files of the stub and of the reference answer, by name."""
    folder = kata.solutions / "answer"
    return (
        {name: reset.read_stub(root, kata, name).decode() for name in kata.edit},
        {
            path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
            for path in parts.files_below(folder)
        },
    )


def marked(stand: Stand, check: Check) -> TestMark:
    """Return the mark of one check; a fault of ours is one of `Verdict.GRADER_ERROR`."""
    try:
        return outside.mark(stand, check)
    except Exception as error:
        message, verdict = str(error), Verdict.GRADER_ERROR
        kind = type(error).__name__
        return TestMark(check.id, check.title, check.task, verdict, message=message, error=kind)


def tasks_of_rejected(kata: Kata, root: Path) -> dict[str, frozenset[int | None]]:
    """Return the tasks in which each rejected answer is to be caught, by the answer's name."""
    tasks = parts.tasks_of_tests(kata)
    return {
        f"rejected/{one.name}": frozenset(tasks.get(name) for name in one.caught_by)
        for one in catalogue.solutions(kata, root).rejected
    }


def answers(kata: Kata, empty: Path, *, wrong: bool) -> Iterator[tuple[str, Path]]:
    """Yield name and folder of the stub and of all answers of *kata*."""
    yield STUB, empty
    yield "answer", kata.solutions / "answer"
    kinds = ["accepted", "rejected"] if wrong else ["accepted"]
    for kind in kinds:
        for folder in catalogue.subfolders(kata.solutions / kind):
            if parts.files_below(folder):
                yield f"{kind}/{folder.name}", folder
