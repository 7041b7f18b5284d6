"""Runs a file of cases in a child pytest with the instruments, on the small project in ``site``.

Cases fail on purpose, hang, or leave threads behind, so they need a process of their own. A file of
cases is run once, whatever number of tests look at its outcomes.

Python, pytest and Django take longer to start than most files of cases to run, so the processes are
forks of one that has imported those, and nothing of ours: the instruments see what they see when
``python -m pytest`` starts. Files whose cases wait most of the time are run by a second such
process while the tests go on (`begin`).
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
# Of the real clock's seconds, for one run.
LIMIT_S = 240
# Not pytest's plugins, nor httpx and uvicorn, which bring one: pytest is to import those first.
FORKS = """
import json, os, runpy, sys
import pytest
import django.core.handlers.asgi, django.core.management.commands.migrate
import django.db.backends.sqlite3.base, django.test, django.views.debug
for line in sys.stdin:
    words, log = json.loads(line)
    child = os.fork()
    if not child:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT), 1)
        os.dup2(1, 2)
        sys.argv[1:] = words
        runpy.run_module("pytest", run_name="__main__", alter_sys=True)
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
"""


@dataclass(frozen=True)
class Outcome:
    """How one case ended: passed, failed, error or skipped, with all that was said about it."""

    state: str
    text: str


@dataclass(frozen=True)
class Run:
    """One run of a child pytest; *left* are the databases that it has left on disk."""

    outcomes: dict[str, Outcome]
    status: int
    output: str
    left: list[str]

    def __getitem__(self, name: str) -> Outcome:
        return self.outcomes.get(name, Outcome("missing", self.output))


@dataclass(frozen=True)
class Begun:
    """A run that may still be under way, in forks that answer by its *number*."""

    forks: Forks
    number: int
    words: list[str]
    folder: TemporaryDirectory[str]


# By file and options, what was begun before it was asked for.
_begun: dict[tuple[str, ...], Begun] = {}


def begin(files: Iterable[str]) -> None:
    """Begin to run these files of cases, one after the other, beside what `run` does."""
    for file in files:
        _begun[(file,)] = _begin(_forks("ahead"), file)


@functools.cache
def run(file: str, *options: str) -> Run:
    """Run ``cases/<file>`` and return what became of every case.

    Args:
        file: Name of a file in the folder ``cases``, or a path.
        options: Further options for pytest.

    Raises:
        TimeoutError: It did not end within `LIMIT_S`.
    """
    begun = _begun.pop((file, *options), None) or _begin(_forks("now"), file, *options)
    with begun.folder as folder:
        try:
            status = begun.forks.status(begun.number)
        except TimeoutError:
            _forks.cache_clear()
            raise TimeoutError(
                f"did not end within {LIMIT_S} s: pytest {' '.join(begun.words)}"
            ) from None
        report, log = Path(folder) / "report.xml", Path(folder) / "log"
        outcomes = _read(report) if report.exists() else {}
        left = [path.name for path in Path(folder).rglob("*.sqlite3*")]
        return Run(outcomes, status, log.read_text(encoding="utf-8"), left)


def _begin(forks: Forks, file: str, *options: str) -> Begun:
    folder = TemporaryDirectory()
    words = [
        *(str(HERE / "cases" / file), "-c", str(HERE / "cases" / "pytest.ini")),
        # Not by the ini file: the parent's environment would outrank it.
        *(f"--rootdir={HERE / 'cases'}", "--ds=tests.dojo.instruments.site.settings"),
        *("-p", "no:cacheprovider", f"--junitxml={folder.name}/report.xml"),
        f"--basetemp={folder.name}/base",
        *options,
    ]
    return Begun(forks, forks.ask(words, Path(folder.name) / "log"), words, folder)


class Forks:
    """A process that forks for one run after the other, in the order of the requests."""

    def __init__(self) -> None:
        # Unbuffered: what stands in a buffer, `select` does not see.
        self.process = subprocess.Popen(
            [sys.executable, "-c", FORKS],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
        self.asked = 0
        self.statuses: list[int] = []
        atexit.register(self.end)

    def ask(self, words: list[str], log: Path) -> int:
        """Ask for a run of pytest with *words*, all that it prints going to *log*.

        Returns:
            Its number.
        """
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([words, str(log)]).encode() + b"\n")
        self.asked += 1
        return self.asked

    def status(self, number: int) -> int:
        """Wait for a run to end, and return its status.

        Raises:
            TimeoutError: It, or one before it, did not end within `LIMIT_S`.
        """
        assert self.process.stdout is not None
        while len(self.statuses) < number:
            if not select.select([self.process.stdout], [], [], LIMIT_S)[0]:
                self.end()
                raise TimeoutError
            self.statuses.append(int(self.process.stdout.readline()))
        return self.statuses[number - 1]

    def end(self) -> None:
        """End the process, and the run that is under way."""
        with contextlib.suppress(ProcessLookupError), self.process:
            os.killpg(self.process.pid, signal.SIGKILL)


@functools.cache
def _forks(name: str) -> Forks:
    """Start a process that is forked, once a session for each *name*."""
    return Forks()


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
