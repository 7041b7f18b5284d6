"""Runs a suite of this repository on a candidate's files, as the grader does: in a sandbox."""

from __future__ import annotations

import tempfile
from pathlib import Path

from dojo.grading import judge as grader
from dojo.grading import kit, sandbox
from dojo.grading.model import TestMark, Verdict
from dojo.grading.whitebox import Walls
from dojo.model import Case, DojoError, Kata, Obstacle, Result, Run, State

STATES = {
    Verdict.PASSED: State.PASSED,
    Verdict.FAILED: State.FAILED,
    Verdict.TIMEOUT: State.TIMEOUT,
    Verdict.NOT_JUDGED: State.FAILED,  # a skip would count as a pass
    Verdict.CRASHED: State.CRASHED,
    Verdict.MISSING: State.MISSING,
    Verdict.TAMPERED: State.FAILED,
}


def judge(kata: Kata, root: Path, answers: Path) -> Run:
    """Return what became of *kata*'s tests at *root* on the files in the folder *answers*.

    Raises:
        DojoError: They could not be judged, by no fault of the candidate's.
    """
    files = {
        path.relative_to(answers).as_posix(): path.read_bytes()
        for path in sorted(answers.rglob("*"))
        if path.is_file()
    }
    with tempfile.TemporaryDirectory(prefix="dojo-kit-", ignore_cleanup_errors=True) as folder:
        own = kit.build(root, [kata], Path(folder))
        walls = Walls(sandbox.probe(), sandbox.Limits())
        mark = grader.judge(own, kata, files, walls, seed="interview")
    if mark.fault:
        raise DojoError(
            f"{kata.slug} can't be judged: {mark.fault}\n"
            "This is no fault of the candidate's; `python3 -m dojo doctor` looks at this machine."
        )
    cant_import = next((t for t in mark.tests if t.verdict is Verdict.MISSING and t.error), None)
    obstacles = (
        (Obstacle(cant_import.message, cant_import.error, cant_import.where),)
        if cant_import
        else ()
    )
    return Run(tuple(result(test) for test in mark.tests), obstacles, seconds=mark.seconds)


def result(test: TestMark) -> Result:
    """Return the result that a mark stands for."""
    not_judged = test.verdict is Verdict.NOT_JUDGED
    return Result(
        Case(test.id, test.title, test.task),
        STATES[test.verdict],
        f"Not judged: {test.message}" if not_judged else test.message,
        test.error,
        test.where,
        test.seconds,
        test.printed,
        test.timeline,
    )
