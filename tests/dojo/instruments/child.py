"""Runs a file of cases in a child pytest with the instruments, on the small project in ``site``.

Cases fail on purpose, hang, or leave threads behind, so they need a process of their own. A file of
cases is run once, whatever number of tests look at its outcomes.

Python, pytest and Django take longer to start than most files of cases to run, so the processes are
forks of one that has imported those, and nothing of ours: the instruments see what they see when
``python -m pytest`` starts.
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


@functools.cache
def run(file: str, *options: str) -> Run:
    """Run ``cases/<file>`` and return what became of every case.

    Args:
        file: Name of a file in the folder ``cases``, or a path.
        options: Further options for pytest.

    Raises:
        TimeoutError: It did not end within `LIMIT_S`.
    """
    with TemporaryDirectory() as folder:
        report, log = Path(folder) / "report.xml", Path(folder) / "log"
        words = [
            *(str(HERE / "cases" / file), "-c", str(HERE / "cases" / "pytest.ini")),
            # Not by the ini file: the parent's environment would outrank it.
            *(f"--rootdir={HERE / 'cases'}", "--ds=tests.dojo.instruments.site.settings"),
            *("-p", "no:cacheprovider", f"--junitxml={report}", f"--basetemp={folder}/base"),
            *options,
        ]
        status = _fork(words, log)
        outcomes = _read(report) if report.exists() else {}
        left = [path.name for path in Path(folder).rglob("*.sqlite3*")]
        return Run(outcomes, status, log.read_text(encoding="utf-8"), left)


def _fork(words: list[str], log: Path) -> int:
    """Run pytest with *words* in a fork, all that it prints going to *log*; return its status."""
    forks = _forks()
    assert forks.stdin is not None
    assert forks.stdout is not None
    forks.stdin.write(json.dumps([words, str(log)]) + "\n")
    forks.stdin.flush()
    if not select.select([forks.stdout], [], [], LIMIT_S)[0]:
        _end(forks)
        _forks.cache_clear()
        raise TimeoutError(f"did not end within {LIMIT_S} s: pytest {' '.join(words)}")
    return int(forks.stdout.readline())


@functools.cache
def _forks() -> subprocess.Popen[str]:
    """Start the process that is forked, once a session."""
    command = [sys.executable, "-c", FORKS]
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True, start_new_session=True
    )
    atexit.register(_end, process)
    return process


def _end(forks: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError), forks:
        os.killpg(forks.pid, signal.SIGKILL)


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
