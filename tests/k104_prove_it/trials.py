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
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.test.utils import teardown_test_environment
from pytest_django import DjangoDbBlocker

from dojo.instruments.simulation import REAL
from dojo.model import Result, Run, State
from dojo.runner import cold, forked

MUTANTS = Path(__file__).parent / "mutants"
PLUGINS = (*cold.PLUGINS, "tests.k104_prove_it.child")
# Real seconds for one trial, and for all of them.
TRIAL_S = 15.0
ALL_S = 90.0


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
    """What became of a trial.

    Attributes:
        finished: Whether pytest came to the end of its session.
        notes: What child.py saw besides the results; see there.
    """

    run: Run
    finished: bool
    notes: tuple[dict[str, Any], ...]

    @property
    def skipped(self) -> dict[str, dict[str, Any]]:
        """The notes on tests that were skipped or expected to fail, by the test's id."""
        return {note["skipped"]: note for note in self.notes if "skipped" in note}

    @property
    def failures(self) -> list[Result]:
        """The results of tests that ran, or should have, and did not pass."""
        skipped = self.skipped
        return [
            result
            for result in self.run.results
            if result.state is not State.PASSED and result.case.id not in skipped
        ]

    @property
    def left(self) -> tuple[str, dict[str, int]] | None:
        """The test after which rows were left for good, and how many, by kind."""
        culprit = None
        for note in self.notes:
            if "rows" in note:
                rows = {kind: number for kind, number in note["rows"].items() if number}
                # A class may keep rows for all its tests: what counts is what never goes away.
                culprit = (culprit[0] if culprit else note["after"], rows) if rows else None
        return culprit


# A round begins only if every trial of the one before has passed.
RIGHT = (Trial("right"), Trial("backwards", backwards=True))


def mutants() -> tuple[Trial, ...]:
    """Return a trial for each wrong view."""
    return tuple(Trial(path.stem, str(path)) for path in sorted(MUTANTS.glob("*.py")))


def what_it_does(mutant: str) -> str:
    """Return the docstring of a mutant."""
    source = (MUTANTS / f"{mutant}.py").read_text(encoding="utf-8")
    return ast.get_docstring(ast.parse(source)) or ""


def make(folder: Path, root: Path, blocker: DjangoDbBlocker) -> dict[str, Outcome]:
    """Run the tests in *folder* against the right view, and if they pass, against each mutant.

    Args:
        root: Folder that holds ``katas`` and ``tests``.
        blocker: Of the suite's own session; see `run_here`.

    Returns:
        The outcomes of the trials that were made, by name.
    """
    rounds = [RIGHT, mutants()]
    with tempfile.TemporaryDirectory(prefix="k104-", ignore_cleanup_errors=True) as name:
        scratch = Path(name)
        if hasattr(os, "fork"):
            start(rounds, folder, root, scratch, blocker)
        else:
            one_by_one(rounds, folder, root, scratch, blocker)
        made = {path.stem: outcome(path.stem, scratch) for path in scratch.glob("*.ended")}
        if not made:
            raise RuntimeError(f"The trials can't be made.\n{cold.tail(scratch / 'all.txt')}")
        return made


def start(
    rounds: Sequence[Sequence[Trial]],
    folder: Path,
    root: Path,
    scratch: Path,
    blocker: DjangoDbBlocker,
) -> int | None:
    """Start the pytest that makes the trials; return its exit code."""
    plan = scratch / "plan.json"
    plan.write_text(json.dumps(rounds, default=dataclasses.asdict))
    words = [
        str(folder),
        *("--rootdir", str(root), "-c", str(root / "pyproject.toml"), f"--trials={plan}"),
        # Children that share one capture file would read each other's output.
        *("-p", "no:cacheprovider", "-q", "--tb=no", "--capture=no"),
    ]
    if forked.possible():
        job = {"all": partial(run_here, words, blocker)}
        return forked.run_all(job, scratch, at_once=1, timeout_s=ALL_S)["all"][0]
    plugins = [word for plugin in PLUGINS for word in ("-p", plugin)]
    command = [sys.executable, "-m", "pytest", *plugins, *words]
    return cold.spawn(command, root, scratch / "all.txt", ALL_S)


def one_by_one(
    rounds: Sequence[Sequence[Trial]],
    folder: Path,
    root: Path,
    scratch: Path,
    blocker: DjangoDbBlocker,
) -> None:
    """Make each trial in an interpreter of its own, where there is no fork."""
    for trials in rounds:
        codes = []
        for trial in trials:
            started = REAL.monotonic()
            codes.append(start([[trial]], folder, root, scratch, blocker))
            ended = scratch / f"{trial.name}.ended"
            ended.write_text(json.dumps((codes[-1], REAL.monotonic() - started)))
        if any(codes):
            break


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


def outcome(name: str, scratch: Path) -> Outcome:
    """Read what the trial called *name* has left in *scratch*."""
    code, seconds = json.loads((scratch / f"{name}.ended").read_text())
    log = scratch / f"{name}.txt"
    output = cold.tail(log) if log.is_file() else ""
    events = list(cold.read_events(scratch / f"{name}.jsonl"))
    return Outcome(
        run=cold.assemble(events, code=code, seconds=seconds, output=output),
        finished=any(event["event"] == "end" for event in events),
        notes=tuple(cold.read_events(scratch / f"{name}.notes")),
    )
