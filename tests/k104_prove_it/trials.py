"""Runs the learner's tests against the right view and against each mutant, and reads the outcome.

All trials come from one pytest that has loaded its plugins and made the database (child.py). That
one is forked from the suite's own process, or started afresh where that can't be forked.
"""

from __future__ import annotations

import ast
import dataclasses
import json
import os
import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import teardown_test_environment
from pytest_django import DjangoDbBlocker

from dojo.model import Result, Run, State
from dojo.runner import cold, forked

MUTANTS = Path(__file__).parent / "mutants"
PLUGINS = (*cold.PLUGINS, "tests.k104_prove_it.child")
ALL_S = 90.0  # real seconds for all trials together


@dataclass(frozen=True)
class Trial:
    """One run of the learner's tests.

    Attributes:
        view: Path of the ``views.py`` to run against; empty for the right one.
        backwards: Whether the last test comes first.
    """

    name: str
    view: str = ""
    backwards: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of a trial; see notes.py for its *notes*."""

    run: Run
    notes: tuple[dict[str, Any], ...]

    @property
    def skipped(self) -> dict[str, dict[str, Any]]:
        """The notes on tests that were skipped or expected to fail, by the test's id."""
        return {note["skipped"]: note for note in self.notes if "skipped" in note}

    @property
    def failures(self) -> list[Result]:
        """The results of all other tests that did not pass."""
        wrong = [result for result in self.run.results if result.state is not State.PASSED]
        return [result for result in wrong if result.case.id not in self.skipped]

    @property
    def left(self) -> tuple[str, dict[str, int]] | None:
        """The test after which rows were left for good, and how many by kind."""
        culprit = None
        for note in self.notes:
            if "rows" in note:
                rows = {kind: number for kind, number in note["rows"].items() if number}
                # A class may keep rows for all its tests: what counts is what never goes away.
                culprit = (culprit[0] if culprit else note["after"], rows) if rows else None
        return culprit


def rounds() -> list[list[Trial]]:
    """Return all trials: against the right view, and then, if these pass, against each mutant."""
    right = [Trial("right"), Trial("backwards", backwards=True)]
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
        for plan in plans:
            start(plan, Path(scratch), folder, root, blocker)
        return read(Path(scratch))


def start(
    plan: list[list[Trial]], scratch: Path, folder: Path, root: Path, blocker: DjangoDbBlocker
) -> None:
    """Run the pytest that makes the trials of *plan*, with its reports in *scratch*."""
    (scratch / "plan.json").write_text(json.dumps(plan, default=dataclasses.asdict))
    words = [
        *(str(folder), "--rootdir", str(root), "-c", str(root / "pyproject.toml")),
        *("--trials", str(scratch / "plan.json"), "-p", "no:cacheprovider", "-q", "--tb=no"),
        "--capture=no",  # children with one capture file would read each other's output
    ]
    # What runs on another database (--db) may have a connection open, which must not be shared.
    if forked.possible() and connection.vendor == "sqlite":
        job = {"all": partial(run_here, words, blocker)}
        forked.run_all(job, scratch, at_once=1, timeout_s=ALL_S)
    else:
        plugins = [word for plugin in PLUGINS for word in ("-p", plugin)]
        command = [sys.executable, "-m", "pytest", *plugins, *words]
        cold.spawn(command, root, scratch / "all.txt", ALL_S)


def run_here(words: list[str], blocker: DjangoDbBlocker) -> int:
    """Run pytest in this process, which was forked from one in which a session is under way.

    Takes off what that session's pytest-django has put on: the test environment, and the refusal of
    every connection to a database.
    """
    teardown_test_environment()
    blocker.unblock()
    # Named here, unlike with -p, they are not looked for in the metadata of every package.
    os.environ["PYTEST_PLUGINS"] = ",".join(PLUGINS)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.dont_write_bytecode = True
    return int(pytest.main(words))


def read(scratch: Path) -> dict[str, Outcome]:
    """Read what the trials have left in *scratch*."""
    path = scratch / "codes.json"
    codes = json.loads(path.read_text()) if path.is_file() else {}
    outcomes = {}
    for report in scratch.glob("*.jsonl"):
        log = report.with_suffix(".txt")
        run = cold.assemble(
            list(cold.read_events(report)),
            code=codes.get(report.stem),
            seconds=0.0,
            output=cold.tail(log) if log.is_file() else "",
        )
        notes = tuple(cold.read_events(report.with_suffix(".notes")))
        outcomes[report.stem] = Outcome(run, notes)
    assert outcomes, f"The trials can't be made.\n{cold.tail(scratch / 'all.txt')}"
    return outcomes
