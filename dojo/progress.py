"""What a learner has solved: one small text file, keyed by the kata's name and its suite's content.

The file is replaced whole, so that a kill or a full disk leaves the old state. Numbers of katas may
change, names do not: that is why the number is left out of the key.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dojo.model import DojoError, Kata

FOLDER = ".dojo"
VERSION = 1


@dataclass(frozen=True)
class Solved:
    """A kata that passed once.

    Attributes:
        suite: Fingerprint of the suite that it passed.
        at: When, as ISO 8601 in UTC.
    """

    suite: str
    at: str


@dataclass(frozen=True)
class Progress:
    """All that has been solved, by name of the kata."""

    solved: Mapping[str, Solved]

    def is_solved(self, kata: Kata) -> bool:
        """Tell whether *kata* ever passed, also with an earlier version of its suite."""
        return kata.name in self.solved

    def is_outdated(self, kata: Kata) -> bool:
        """Tell whether *kata* passed, but its suite has changed since."""
        return self.is_solved(kata) and self.solved[kata.name].suite != fingerprint(kata.suite)


def load(root: Path) -> Progress:
    """Return the progress kept below *root*; empty when there is none yet.

    Raises:
        DojoError: The file is there, but can't be read or understood.
    """
    path = file_of(root)
    try:
        table: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if table["version"] != VERSION:
            raise ValueError(f"version {table['version']} is not {VERSION}")
        return Progress({name: Solved(**entry) for name, entry in table["solved"].items()})
    except FileNotFoundError:
        return Progress({})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DojoError(
            f"{path}: your progress can't be read: {error}.\n"
            "Mend the file, or move it away to start afresh. Nothing has been changed."
        ) from None


def record(root: Path, kata: Kata) -> Progress:
    """Note that *kata* passes its present suite, and return what is solved now.

    Raises:
        DojoError: The note could not be written; the old state is untouched.
    """
    from filelock import FileLock  # takes 50 ms to import, and most runs have nothing to note

    path = file_of(root)
    try:
        path.parent.mkdir(exist_ok=True)
        # Two terminals may finish a kata at the same moment: read, add and replace as one step.
        with FileLock(path.with_suffix(".lock")):
            solved = dict(load(root).solved)
            now = datetime.now(UTC).isoformat(timespec="seconds")
            solved[kata.name] = Solved(fingerprint(kata.suite), now)
            table = {name: vars(entry) for name, entry in sorted(solved.items())}
            replace(path, json.dumps({"version": VERSION, "solved": table}, indent=2) + "\n")
    except OSError as error:
        raise DojoError(
            f"{path}: your progress can't be saved: {error.strerror}.\n"
            "Your answer is untouched. Make the folder writable (or free some disk space), then "
            "run the command again."
        ) from None
    return Progress(solved)


def replace(path: Path, text: str) -> None:
    """Put *text* into the file at *path* so that a reader sees all of it or the old one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def file_of(root: Path) -> Path:
    """Return where the progress below *root* is kept."""
    return root / FOLDER / "progress.json"


def fingerprint(suite: Path) -> str:
    """Return a hash of a suite's Python files: their names and what they hold."""
    digest = hashlib.sha256()
    for path in sorted(suite.rglob("*.py")):
        digest.update(path.relative_to(suite).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
