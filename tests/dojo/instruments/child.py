"""Runs a file of cases in a child pytest with the instruments, on the small project in ``site``.

Cases fail on purpose, hang, or leave threads behind, so they need a process of their own. A file of
cases is run once, whatever number of tests look at its outcomes.
"""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

HERE = Path(__file__).parent
ROOT = HERE.parents[2]


@dataclass(frozen=True)
class Outcome:
    """How one case ended: passed, failed, error or skipped, with all that was said about it."""

    state: str
    text: str


@dataclass(frozen=True)
class Run:
    """One run of a child pytest."""

    outcomes: dict[str, Outcome]
    status: int
    output: str

    def __getitem__(self, name: str) -> Outcome:
        return self.outcomes.get(name, Outcome("missing", self.output))


@functools.cache
def run(file: str, *options: str, timeout_s: float = 240, unset: tuple[str, ...] = ()) -> Run:
    """Run ``cases/<file>`` and return what became of every case.

    Args:
        file: Name of a file in the folder ``cases``, or a path.
        options: Further options for pytest.
        timeout_s: Wall-clock seconds after which the child has failed to end.
        unset: Names of environment variables that the child must not see.
    """
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        environment = {key: value for key, value in os.environ.items() if key not in unset}
        child = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", str(HERE / "cases" / file)),
                *("-c", str(HERE / "cases" / "pytest.ini"), f"--rootdir={HERE / 'cases'}"),
                # Not by the ini file: the parent's environment would outrank it.
                "--ds=tests.dojo.instruments.site.settings",
                *("-p", "no:cacheprovider", f"--junitxml={report}", *options),
            ],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
        outcomes = _read(report) if report.exists() else {}
    return Run(outcomes, child.returncode, child.stdout + child.stderr)


def _read(report: Path) -> dict[str, Outcome]:
    outcomes: dict[str, Outcome] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        # A test that failed, and whose teardown did too, stands here twice.
        first = outcomes.get(case.get("name", ""), Outcome("passed", ""))
        state, text = first.state, first.text
        for part in case:
            if part.tag in ("failure", "error", "skipped"):
                state = part.tag.replace("failure", "failed") if state == "passed" else state
                text += f"{part.get('message', '')}\n{part.text or ''}\n"
        outcomes[case.get("name", "")] = Outcome(state, text)
    return outcomes
