"""How far a learner has come: one small text file, keyed by the katas' names.

The file is replaced whole, so that a kill or a full disk leaves the old state. Numbers of katas may
change, names do not: that is why the number is left out of the key.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dojo.model import DojoError, Kata

FOLDER = ".dojo"
VERSION = 2
# Who has not run a kata for longer than this was away meanwhile.
AWAY_S = 600


@dataclass(frozen=True)
class Entry:
    """What is known of one kata. Times are ISO 8601 in UTC; empty for what has not happened.

    Attributes:
        suite: Fingerprint of the suite that it passed last.
        solved, begun, seen, gave_up: When it first passed, was first run, was last run, and when
            the learner asked for the answer before.
        seconds: Time spent: from run to run, without pauses.
        runs: How often it was run.
        task: Number of the task of the last run's first failure; None if there was none.
        hints: How many hints have been shown, by the number of the task as text.
    """

    suite: str = ""
    solved: str = ""
    begun: str = ""
    seen: str = ""
    gave_up: str = ""
    seconds: int = 0
    runs: int = 0
    task: int | None = None
    hints: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Progress:
    """What is known of all katas, by name; and the kata that the learner has jumped to, if any."""

    katas: Mapping[str, Entry]
    here: str = ""

    def of(self, kata: Kata) -> Entry:
        """Return what is known of *kata*."""
        return self.katas.get(kata.name, Entry())

    def is_solved(self, kata: Kata) -> bool:
        """Tell whether *kata* ever passed, also with an earlier version of its suite."""
        return bool(self.of(kata).solved)

    def may_see_answer(self, kata: Kata) -> bool:
        """Tell whether *kata* is solved, or the learner has given it up."""
        return self.is_solved(kata) or bool(self.of(kata).gave_up)

    def is_outdated(self, kata: Kata) -> bool:
        """Tell whether *kata* passed, but its suite has changed since."""
        return self.is_solved(kata) and self.of(kata).suite != fingerprint(kata.suite)


def load(root: Path) -> Progress:
    """Return the progress kept below *root*; empty when there is none yet.

    Raises:
        DojoError: The file is there, but can't be read or understood.
    """
    path = file_of(root)
    try:
        return read(path)
    except FileNotFoundError:
        return Progress({})
    except (OSError, ValueError) as error:
        raise DojoError(
            f"{path}: your progress can't be read: {error}.\n"
            "Mend the file, or move it away to start afresh. Nothing has been changed."
        ) from None


def read(path: Path) -> Progress:
    """Return what the file at *path* holds.

    Raises:
        OSError: It can't be read.
        ValueError: It holds something else.
    """
    try:
        table: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if table["version"] == 1:
            return Progress(
                {
                    name: Entry(suite=entry["suite"], solved=entry["at"])
                    for name, entry in table["solved"].items()
                }
            )
        if table["version"] != VERSION:
            raise ValueError(f"version {table['version']} is not {VERSION}")
        entries = {name: Entry(**entry) for name, entry in table["katas"].items()}
        for entry in entries.values():
            check(entry)
        return Progress(entries, str(table["here"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from None


def check(entry: Entry) -> None:
    """Look at what somebody may have changed by hand.

    Raises:
        ValueError: A value is not what it should be.
    """
    for name in ("solved", "begun", "seen", "gave_up"):
        if (moment := getattr(entry, name)) and datetime.fromisoformat(moment).tzinfo is None:
            raise ValueError(f"{name} = {moment!r} has no time zone")
    numbers = [entry.seconds, entry.runs, *entry.hints.values()]
    if entry.task is not None:
        numbers.append(entry.task)
    if not all(type(number) is int and number >= 0 for number in numbers):
        raise ValueError(f"a number is wrong in {entry}")


def record(root: Path, kata: Kata, *, passed: bool = True, task: int | None = None) -> Progress:
    """Note a run of *kata*; *task* is the task of its first failure. Return what is known now.

    Raises:
        DojoError: The note could not be written; the old state is untouched.
    """

    def note(old: Progress) -> Progress:
        now = datetime.now(UTC)
        entry = old.of(kata)
        away = (now - datetime.fromisoformat(entry.seen)).total_seconds() if entry.seen else 0
        new = dataclasses.replace(
            entry,
            begun=entry.begun or _text(now),
            seen=_text(now),
            # A clock may be set back.
            seconds=entry.seconds + (round(away) if 0 < away <= AWAY_S else 0),
            runs=entry.runs + 1,
            task=task,
        )
        here = old.here
        if passed:
            solved = entry.solved or _text(now)
            new = dataclasses.replace(new, solved=solved, suite=fingerprint(kata.suite))
            here = "" if here == kata.name else here
        return Progress({**old.katas, kata.name: new}, here)

    return change(root, note)


def show_hint(root: Path, kata: Kata, task: int, most: int) -> Progress:
    """Note that one more hint of a task has been shown, of *most* that there are."""

    def note(old: Progress) -> Progress:
        entry = old.of(kata)
        count = min(most, entry.hints.get(str(task), 0) + 1)
        new = dataclasses.replace(entry, hints={**entry.hints, str(task): count})
        return Progress({**old.katas, kata.name: new}, old.here)

    return change(root, note)


def give_up(root: Path, kata: Kata) -> Progress:
    """Note that the learner has asked for the answer of *kata* before solving it."""

    def note(old: Progress) -> Progress:
        entry = old.of(kata)
        new = dataclasses.replace(entry, gave_up=entry.gave_up or _text(datetime.now(UTC)))
        return Progress({**old.katas, kata.name: new}, old.here)

    return change(root, note)


def jump(root: Path, kata: Kata | None) -> Progress:
    """Note where the learner wants to go on; None: at the first kata that is not solved."""
    return change(root, lambda old: Progress(old.katas, kata.name if kata else ""))


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def change(root: Path, note: Callable[[Progress], Progress]) -> Progress:
    """Put what *note* makes of the present state in its place, and return it.

    Raises:
        DojoError: It could not be written; the old state is untouched.
    """
    from filelock import FileLock  # takes 50 ms to import: after the verdict has been shown

    path = file_of(root)
    try:
        path.parent.mkdir(exist_ok=True)
        # Two terminals may finish a kata at the same moment: read, add and replace as one step.
        with FileLock(path.with_suffix(".lock")):
            new = note(load(root))
            replace(path, as_text(new).encode())
    except OSError as error:
        raise DojoError(
            f"{path}: your progress can't be saved: {error.strerror}.\n"
            "Your answer is untouched. Make the folder writable (or free some disk space), then "
            "run the command again."
        ) from None
    return new


def as_text(state: Progress) -> str:
    """Return *state* as it stands in a file."""
    katas = {}
    for name, entry in sorted(state.katas.items()):
        # What has not happened is left out: the file is for people, too.
        katas[name] = {
            key: value for key, value in vars(entry).items() if value not in ("", None, {})
        }
    return json.dumps({"version": VERSION, "here": state.here, "katas": katas}, indent=2) + "\n"


def replace(path: Path, data: bytes) -> None:
    """Put *data* into the file at *path* so that a reader sees all of it or the old one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with open(handle, "wb") as file:
            file.write(data)
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
