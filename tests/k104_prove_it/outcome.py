"""What a trial is, and what became of it: read from the files that the children have written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dojo.model import Result, Run, State
from dojo.runner import cold, outcome

KATA = "k104_prove_it"


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


def read(scratch: Path) -> dict[str, Outcome]:
    """Read what the trials have left in *scratch*."""
    path = scratch / "codes.json"
    codes = json.loads(path.read_text()) if path.is_file() else {}
    outcomes = {}
    for report in scratch.glob("*.jsonl"):
        log = report.with_suffix(".txt")
        run = outcome.assemble(
            list(outcome.read_events(report)),
            code=codes.get(report.stem),
            seconds=0.0,
            output=cold.tail(log) if log.is_file() else "",
        )
        notes = tuple(outcome.read_events(report.with_suffix(".notes")))
        outcomes[report.stem] = Outcome(run, notes)
    assert outcomes, f"The trials can't be made.\n{cold.tail(scratch / 'all.txt')}"
    return outcomes
