"""A small dojo on disk: the given files of this clone and katas that need no instruments."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TypeVar

from dojo import catalogue, runner, verify
from dojo.model import Kata, Run

T = TypeVar("T")
Value = str | int | list[str] | list[int] | None
CLONE = Path(__file__).resolve().parents[2]
KATA = "k101_double"
MAIN = "import sys; from dojo.cli import main; sys.exit(main())"
PYTEST = "import sys, pytest; sys.exit(pytest.main(sys.argv[1:]))"
# Root may do what modes forbid. Linux lets a process give that up before it starts another:
# PR_CAPBSET_DROP (24) of CAP_DAC_OVERRIDE (1) and CAP_DAC_READ_SEARCH (2), see capabilities(7).
NO_PRIVILEGE = """
import ctypes, os, sys
if os.geteuid() == 0:
    libc = ctypes.CDLL(None)
    for capability in (1, 2):
        assert libc.prctl(24, capability, 0, 0, 0) == 0
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""

STUB = '''
"""Double a number."""


async def double(number: int) -> int:
    """TODO (task 1)."""
    raise NotImplementedError("task 1: double it")


async def total(numbers: list[int]) -> int:
    """TODO (task 2)."""
    raise NotImplementedError("task 2: add them up")
'''

SUITE = '''
"""Both functions."""

import pytest

from katas.{slug} import views


@pytest.mark.task(1)
async def test_doubles():
    """Twice the number comes back."""
    seen = await views.double(21)
    assert seen == 42, f"double(21) is {{seen}}; expected 42."


@pytest.mark.task(2)
async def test_adds_up():
    """All numbers are added."""
    seen = await views.total([1, 2, 3])
    assert seen == 6, f"total([1, 2, 3]) is {{seen}}; expected 6."
'''

BRIEF = """
# Double

## Tasks

1. **Double it.** `double` answers with twice the number.
2. **Add them up.** `total` answers with the sum.
"""

HINTS = """
# Hints

## Task 1: Double it

1. Think of a product.
2. Think of `*`.
3. `number * 2`

## Task 2: Add them up

1. Think of a sum.
2. Think of `sum`.
3. `sum(numbers)`
"""


NOTES = """
Why.

## Talk about it

- Why `*`?
  *Listen for:* a product.
- What of `None`?
  *Listen for:* a `TypeError`, and
  who is to see it.
- And what of text?
  *Listen for:* it is doubled, too.
"""


def views(double: str = "number * 2", total: str = "sum(numbers)") -> str:
    """Return an answer made of two expressions."""
    return (
        "async def double(number):\n"
        f"    return {double}\n\n\n"
        "async def total(numbers):\n"
        f"    return {total}\n"
    )


SOLVED = views()
ACCEPTED = {"added": views(double="number + number"), "shifted": views(double="number << 1")}
REJECTED = {
    "tripled": (views(double="number * 3"), "test_doubles", "double(21) is 63"),
    "unchanged": (views(double="number"), "test_doubles", "double(21) is 21"),
    "nothing": (views(double="None"), "test_doubles", "double(21) is None"),
    "first_left_out": (views(total="sum(numbers[1:])"), "test_adds_up", "is 5"),
    "counted": (views(total="len(numbers)"), "test_adds_up", "is 3"),
}
ENTRY = "\n[{name}]\ncaught_by = {caught_by}\nlesson = 'A lesson.'\nsays = {says}\n"


@dataclass(frozen=True)
class Ended:
    """How a ``dojo`` in a process of its own ended."""

    code: int
    out: str
    err: str


class House:
    """A folder with everything that the dojo needs; each test breaks one thing in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lock = Lock()
        (root / "katas").mkdir()
        shutil.copy(CLONE / "katas/chapters.toml", root / "katas")

    def furnish(self) -> None:
        """Lay down what a suite needs besides the katas; tests that start nothing do without."""
        with self.lock:
            if (self.root / "pyproject.toml").exists():
                return
            ignore = shutil.ignore_patterns("__pycache__")
            for name in ("katas/config", "katas/newsroom"):
                shutil.copytree(CLONE / name, self.root / name, ignore=ignore)
            for name in ("katas/__init__.py", "conftest.py", "pyproject.toml"):
                shutil.copy(CLONE / name, self.root / name)

    def write(self, path: str, text: str) -> Path:
        """Put *text*, dedented, into the file at *path*, making its folder if need be."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text).removeprefix("\n"), encoding="utf-8")
        return file

    def append(self, path: str, text: str) -> None:
        """Add *text*, dedented, to the file at *path*."""
        self.write(path, (self.root / path).read_text(encoding="utf-8") + textwrap.dedent(text))

    def change(self, path: str, old: str, new: str) -> None:
        """Put *new* in place of *old*, which the file has to hold."""
        text = (self.root / path).read_text(encoding="utf-8")
        assert old in text, f"{path} does not hold {old!r}"
        self.write(path, text.replace(old, new))

    def remove(self, path: str) -> None:
        """Remove a file, or a folder with all that it holds."""
        file = self.root / path
        shutil.rmtree(file) if file.is_dir() else file.unlink()

    def add_kata(self, slug: str = KATA, *, solutions: bool = True) -> None:
        """Lay down a sound kata: an unsolved stub, a suite, and all that is proved of it."""
        self.write(f"katas/{slug}/__init__.py", "")
        self.write(f"katas/{slug}/views.py", STUB)
        self.write(f"dojo/stubs/{slug}/views.py.txt", STUB)
        self.write(f"katas/{slug}/README.md", BRIEF)
        self.write(f"katas/{slug}/hints.md", HINTS)
        self.write_metadata(slug)
        self.write(f"tests/{slug}/test_views.py", SUITE.format(slug=slug))
        if not solutions:
            return
        self.write(f"solutions/{slug}/README.md", NOTES)
        self.write(f"solutions/{slug}/answer/views.py", SOLVED)
        for name, text in ACCEPTED.items():
            self.write(f"solutions/{slug}/accepted/{name}/views.py", text)
        entries = ""
        for name, (text, caught_by, says) in REJECTED.items():
            self.write(f"solutions/{slug}/rejected/{name}/views.py", text)
            entries += ENTRY.format(name=name, caught_by=[caught_by], says=[says])
        self.write(f"solutions/{slug}/rejected.toml", entries)

    def write_metadata(self, slug: str = KATA, **changed: Value) -> None:
        """Write a sound ``kata.toml`` with some keys *changed*; None leaves a key out."""
        table: dict[str, Value] = {
            "title": "Double",
            "concepts": ["numbers"],
            "requires": [],
            "edit": ["views.py"],
            "minutes": 5,
            "level": "core",
            "points": 1,
            "database": "none",
            "sections": [],
        }
        # JSON's strings, numbers and lists of strings are TOML's as well.
        lines = [
            f"{key} = {json.dumps(value)}\n"
            for key, value in (table | changed).items()
            if value is not None
        ]
        self.write(f"katas/{slug}/kata.toml", "".join(lines))

    def reject(
        self,
        name: str,
        text: str,
        *,
        caught_by: Sequence[str],
        says: Sequence[str],
        slug: str = KATA,
    ) -> None:
        """Add a rejected answer, and how it is to be caught."""
        self.write(f"solutions/{slug}/rejected/{name}/views.py", text)
        entry = ENTRY.format(name=name, caught_by=[*caught_by], says=[*says])
        self.append(f"solutions/{slug}/rejected.toml", entry)

    def limit_tests(self, seconds: float) -> None:
        """Set the time-out of a single test."""
        self.furnish()
        path = self.root / "pyproject.toml"
        text, found = re.subn(r"(?m)^timeout = \d+$", f"timeout = {seconds}", path.read_text())
        assert found == 1
        path.write_text(text)

    def kata(self, slug: str = KATA) -> Kata:
        """Return a kata as the catalogue reads it now."""
        found = catalogue.read_kata(self.root, self.root / "katas" / slug)
        assert isinstance(found, Kata), found
        return found

    def run(self, slug: str = KATA, *, answers: str = "katas", timeout_s: float = 60.0) -> Run:
        """Run a kata's suite."""
        self.furnish()
        return runner.run(self.kata(slug), self.root, answers=answers, timeout_s=timeout_s)

    def prove(self, kind: str, name: str = "", slug: str = KATA) -> list[str]:
        """Make one proof; return its problems as they are printed."""
        self.furnish()
        wanted = [
            job
            for job in verify.jobs(self.kata(slug), self.root)
            if (job.kind, job.name) == (kind, name)
        ]
        assert wanted, f"there is no proof {kind} {name}"
        return [str(problem) for problem in verify.prove(wanted[0], self.root).problems]

    def start(
        self, *words: str, code: str = MAIN, unprivileged: bool = False, **variables: str
    ) -> Started:
        """Start ``dojo`` with *words*, in a process and a process group of its own.

        Args:
            code: What Python runs.
            unprivileged: Let modes of files bind the process even if it is root's.
            variables: What to add to its environment.
        """
        self.furnish()
        prefix = ["-c", NO_PRIVILEGE] if unprivileged else []
        return subprocess.Popen(
            [sys.executable, *prefix, "-c", code, *words],
            cwd=self.root,
            env=environment() | variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )

    def dojo(
        self, *words: str, code: str = MAIN, unprivileged: bool = False, **variables: str
    ) -> Ended:
        """Run ``dojo`` with *words* in a process of its own, to its end; see `start`."""
        return end(self.start(*words, code=code, unprivileged=unprivileged, **variables))

    def pytest(self, *words: str) -> Ended:
        """Run plain pytest, as whoever does not want the command would."""
        return end(self.start("--color=no", *words, code=PYTEST))

    def fifo(self, name: str = "inside") -> Path:
        """Make a named pipe: opening it waits for the other side, so nobody has to poll."""
        path = self.root / name
        os.mkfifo(path)
        return path


def side_by_side(jobs: Mapping[str, Callable[[], T]]) -> dict[str, T]:
    """Do all *jobs*, two at a time, and return what each returned: most of them wait for children.

    Args:
        jobs: What to do, by name.
    """
    with ThreadPoolExecutor(2) as pool:
        futures = {name: pool.submit(job) for name, job in jobs.items()}
    return {name: future.result() for name, future in futures.items()}


Started = subprocess.Popen[str]


def end(started: Started) -> Ended:
    """Wait until *started* ends; whatever happens, it does not outlive the test."""
    try:
        out, err = started.communicate()
    finally:
        if started.poll() is None:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()
    return Ended(started.returncode, out, err)


def environment() -> dict[str, str]:
    """Return an environment in which children find this clone's ``dojo`` and no terminal."""
    dropped = ("COLUMNS", "LINES", "FORCE_COLOR", "TERM", "PYTEST_ADDOPTS")
    kept = {key: value for key, value in os.environ.items() if key not in dropped}
    return kept | {"PYTHONPATH": str(CLONE), "PYTHONIOENCODING": "utf-8"}
