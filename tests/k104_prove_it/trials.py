"""Runs the learner's tests against the right view and against each mutant.

All trials come from one pytest that has loaded its plugins and made the database (child.py). That
one is forked from the suite's own process, or started afresh where that can't be forked: without
`os.fork`, with other threads, after other tests of a database.
"""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import json
import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import teardown_test_environment
from pytest_django import DjangoDbBlocker

from dojo.runner import cold, forked
from tests.k104_prove_it.outcome import KATA, Outcome, Trial, read

MUTANTS = Path(__file__).parent / "mutants"
# A second right view: tests that know the given one by its spelling do not know it.
REWRITTEN = Path(__file__).parent / "right" / "rewritten.py"
RIGHT = ("right", "backwards", "rewritten")
ALL_S = 90.0  # real seconds for all trials together


def rounds() -> list[list[Trial]]:
    """Return all trials: against right views, and then, if these pass, against each mutant."""
    right = [
        Trial("right"),
        Trial("backwards", backwards=True),
        Trial("rewritten", str(REWRITTEN)),
    ]
    return [right, [Trial(path.stem, str(path)) for path in sorted(MUTANTS.glob("*.py"))]]


def what_it_does(mutant: str) -> str:
    """Return the docstring of a mutant."""
    source = (MUTANTS / f"{mutant}.py").read_text(encoding="utf-8")
    return ast.get_docstring(ast.parse(source)) or ""


def make(folder: Path, root: Path, blocker: DjangoDbBlocker) -> dict[str, Outcome]:
    """Run the tests in *folder* once for each trial.

    Args:
        root: Folder that holds ``katas`` and ``tests``.
        blocker: Of the suite's own session; see `run_here`.

    Returns:
        The outcomes of the trials that were made, by name.
    """
    plans = [rounds()]
    if not hasattr(os, "fork"):  # a process that can't be forked makes one trial alone
        plans = [[[trial]] for trials in rounds() for trial in trials]
    with tempfile.TemporaryDirectory(prefix="k104-", ignore_cleanup_errors=True) as scratch:
        outcomes: dict[str, Outcome] = {}
        for plan in plans:
            if all(outcomes[name].run.passed for name in RIGHT if name in outcomes):
                start(plan, Path(scratch), folder, root, blocker)
                outcomes = read(Path(scratch))
    return outcomes


def start(
    plan: list[list[Trial]], scratch: Path, folder: Path, root: Path, blocker: DjangoDbBlocker
) -> None:
    """Run the pytest that makes the trials of *plan*, with its reports in *scratch*."""
    (scratch / "plan.json").write_text(json.dumps(plan, default=dataclasses.asdict))
    words = [
        *(str(folder), "--rootdir", str(root), "-c", str(root / "pyproject.toml")),
        *("-o", "addopts=", *cold.addopts(root / "pyproject.toml")),
        *("--trials", str(scratch / "plan.json")),
        f"--answers={KATA}={folder}",
        *cold.UNSEEN,
        "--noconftest",  # only what is handed in counts
        "--capture=no",  # children with one capture file would read each other's output
    ]
    environment = cold.environment(dict(os.environ))
    environment["PYTEST_PLUGINS"] += ",tests.k104_prove_it.child"
    # A database that earlier tests have used would come along, with all that they left in it.
    if forked.possible() and connection.connection is None:
        job = {"all": partial(run_here, words, environment, blocker)}
        forked.run_all(job, scratch, at_once=1, timeout_s=ALL_S)
        return
    with (scratch / "all.txt").open("w") as log, contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.run(
            [sys.executable, "-m", "pytest", *words],
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            timeout=ALL_S,
        )


def run_here(words: list[str], environment: dict[str, str], blocker: DjangoDbBlocker) -> int:
    """Run pytest in this process, which was forked from one in which a session is under way.

    Takes off what that session's pytest-django has put on: the test environment, and the refusal of
    every connection to a database.
    """
    teardown_test_environment()
    blocker.unblock()
    os.environ.clear()
    os.environ.update(environment)
    return int(pytest.main(words))
