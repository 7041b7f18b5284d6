"""Runs a suite of this repository on a candidate's files.

The one place to exchange when something stronger is to run them: today a child process, without a
sandbox, with the rights of whoever makes the report.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from dojo import runner
from dojo.model import Kata, Run


def judge(kata: Kata, root: Path, answers: Path) -> Run:
    """Return what became of *kata*'s suite at *root* on the files in the folder *answers*."""
    run = runner.run(kata, root, answers=f"{kata.slug}={answers}")
    # The files lay in a folder that is gone when somebody reads this.
    before, after = str(answers), f"katas/{kata.slug}"
    return replace(
        run,
        results=tuple(
            replace(
                result,
                message=result.message.replace(before, after),
                where=result.where.replace(before, after),
            )
            for result in run.results
        ),
        obstacles=tuple(
            replace(
                one,
                message=one.message.replace(before, after),
                where=one.where.replace(before, after),
            )
            for one in run.obstacles
        ),
    )
