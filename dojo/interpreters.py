"""Finds the Python interpreters of this machine, and proves each by running it.

tox looks on PATH alone, and pyenv's shims there answer only for versions that are switched on:
left to itself, tox skips environments whose interpreter is installed. Standard library alone.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

Minor = tuple[int, int]

SYSTEM_FOLDERS = (
    ("system", Path("/usr/bin")),
    ("system", Path("/usr/local/bin")),
    ("Homebrew", Path("/opt/homebrew/bin")),
    ("Homebrew", Path("/home/linuxbrew/.linuxbrew/bin")),
)
# How tools name the folder of one version: 3.12.1, 3.13-dev, cpython-3.12.8-linux-x86_64-gnu.
VERSION_FOLDER = re.compile(r"(?:cpython-)?(\d)\.(\d+)(?!\d)")
# Runs on every Python 3, on a virtual environment's too: it names the interpreter behind it.
QUESTION = """
import sys
print(sys.implementation.name, "t" in getattr(sys, "abiflags", ""), *sys.version_info[:3])
print(getattr(sys, "_base_executable", sys.executable))
"""
PATIENCE_S = 10


@dataclass(frozen=True)
class Interpreter:
    """A CPython that has answered.

    Attributes:
        source: Where it was found, in words: ``PATH``, ``pyenv``, ``uv`` …
    """

    version: tuple[int, int, int]
    path: Path
    source: str


@dataclass(frozen=True)
class Broken:
    """An interpreter that is there and does not work."""

    minor: Minor
    path: Path
    source: str
    reason: str


@dataclass(frozen=True)
class Found:
    """All that a search has seen, lowest version first."""

    working: tuple[Interpreter, ...]
    broken: tuple[Broken, ...]

    def best(self, minor: Minor) -> Interpreter | None:
        """Return the newest working interpreter of one minor version."""
        fitting = [python for python in self.working if python.version[:2] == minor]
        return fitting[-1] if fitting else None


@dataclass(frozen=True)
class Candidate:
    """A path that may be an interpreter; *minor* is what its name promises, if it does."""

    path: Path
    source: str
    minor: Minor | None


class NoAnswerError(Exception):
    """An interpreter could not be run; says why."""


def find(minors: Collection[Minor]) -> Found:
    """Search the machine for every CPython with one of the *minors*; none is free-threaded."""
    working: dict[str, Interpreter] = {}
    broken: dict[str, Broken] = {}
    asked: set[str] = set()
    for candidate in candidates(minors):
        real = os.path.realpath(candidate.path)
        if real in asked:
            continue
        asked.add(real)
        try:
            version, path = ask(candidate.path)
        except NoAnswerError as error:
            # A shim fails for every version that is not switched on; that proves nothing.
            if candidate.minor and candidate.path.parent.name != "shims":
                reason = str(error)
                broken[real] = Broken(candidate.minor, candidate.path, candidate.source, reason)
            continue
        if version and version[:2] in minors:
            found = Interpreter(version, path, candidate.source)
            working.setdefault(os.path.realpath(path), found)
    return Found(
        tuple(sorted(working.values(), key=lambda python: python.version)),
        tuple(sorted(broken.values(), key=lambda python: python.minor)),
    )


def ask(path: Path) -> tuple[tuple[int, int, int] | None, Path]:
    """Run *path* and return its version and the interpreter behind it.

    Returns:
        None for the version of a Python that is not CPython or is free-threaded.

    Raises:
        NoAnswerError: It can't be run, or says nothing that a Python would say.
    """
    # -I: what the parent's PYTHONHOME and PYTHONPATH say is not meant for this one.
    try:
        answer = subprocess.run(  # noqa: S603 - candidates() names what may be run
            [path, "-I", "-S", "-c", QUESTION],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE_S,
        )
    except OSError as error:
        raise NoAnswerError(error.strerror or str(error)) from None
    except subprocess.TimeoutExpired:
        raise NoAnswerError(f"no answer in {PATIENCE_S} s") from None
    if answer.returncode:
        last = (answer.stderr.strip().splitlines() or ["it says nothing"])[-1]
        raise NoAnswerError(f"exit code {answer.returncode}: {last}")
    words = re.fullmatch(r"(\w+) (\w+) (\d+) (\d+) (\d+)\n(.+)\n", answer.stdout)
    if words is None:
        raise NoAnswerError(f"it answers {answer.stdout[:60]!r}, which no Python says")
    name, free_threaded, major, minor, micro, base = words.groups()
    usable = name == "cpython" and free_threaded == "False"
    return (int(major), int(minor), int(micro)) if usable else None, Path(base)


def candidates(minors: Collection[Minor]) -> Iterator[Candidate]:
    """Yield what may be an interpreter of one of the *minors*, the likeliest first."""
    yield Candidate(Path(sys.executable), "this Python", None)
    for source, folder in [*search_path(), *SYSTEM_FOLDERS]:
        for minor in minors:
            path = folder / f"python{minor[0]}.{minor[1]}"
            # A link whose target is gone does not exist, and still is worth a word.
            if path.is_file() or path.is_symlink():
                yield Candidate(path, source, minor)
        for name in ("python3", "python", "python3.exe", "python.exe"):
            if (folder / name).is_file():
                yield Candidate(folder / name, source, None)
    for source, folder in version_folders():
        if match := VERSION_FOLDER.match(folder.name):
            minor = int(match[1]), int(match[2])
            if minor in minors:
                yield Candidate(executable(folder), source, minor)


def search_path() -> list[tuple[str, Path]]:
    """Return the folders of PATH."""
    return [("PATH", Path(name)) for name in os.get_exec_path() if name]


def version_folders() -> Iterator[tuple[str, Path]]:
    """Yield the folders, one a version, of the tools that install several Pythons."""
    home = Path(os.path.expanduser("~"))  # unlike Path.home(), never raises
    share = Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share")
    roots = [
        ("pyenv", "PYENV_ROOT", home / ".pyenv", "versions"),
        ("uv", "UV_PYTHON_INSTALL_DIR", share / "uv/python", ""),
        ("asdf", "ASDF_DATA_DIR", home / ".asdf", "installs/python"),
        ("mise", "MISE_DATA_DIR", share / "mise", "installs/python"),
    ]
    for source, variable, usual, below in roots:
        # Both: a variable that is set for one shell does not move what is installed elsewhere.
        for root in dict.fromkeys([Path(os.environ.get(variable) or usual), usual]):
            for folder in sorted(root.joinpath(below).glob("*")):
                yield source, folder
    for folder in sorted(Path("/Library/Frameworks/Python.framework/Versions").glob("*")):
        yield "python.org", folder
    # Finds pyenv's and uv's versions even where HOME is an empty folder.
    for folder in sorted(Path(sys.base_prefix).parent.glob("*")):
        yield "beside this Python", folder


def executable(folder: Path) -> Path:
    """Return the interpreter in the folder of one version, or where it should be."""
    choices = [folder / "bin/python3", folder / "bin/python", folder / "python.exe"]
    return next((path for path in choices if path.is_file()), choices[0])
