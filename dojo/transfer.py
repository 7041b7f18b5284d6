"""Progress on its way to another machine: a copy in a file, and what that adds there."""

from __future__ import annotations

from pathlib import Path

from dojo.model import DojoError, ExitCode
from dojo.progress import Entry, Progress, as_text, change, load, read


def save_copy(root: Path, path: Path) -> Progress:
    """Write the progress into a file of the learner's, which must not exist; return it.

    Raises:
        DojoError: It exists, or it can't be written.
    """
    state = load(root)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(as_text(state))
    except FileExistsError:
        raise DojoError(
            f"{path}: this file exists, and it is not replaced.\nChoose another name.",
            code=ExitCode.USAGE,
        ) from None
    except OSError as error:
        raise DojoError(
            f"{path}: the file can't be written: {error.strerror}.\nChoose another place.",
            code=ExitCode.USAGE,
        ) from None
    return state


def load_copy(path: Path) -> Progress:
    """Return what `save_copy` has written.

    Raises:
        DojoError: It is not such a file.
    """
    try:
        return read(path)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise DojoError(
            f"{path}: no progress can be read from it: {reason}.\n"
            "Give the file that `python3 -m dojo progress export` has written. Nothing has been "
            "changed.",
            code=ExitCode.USAGE,
        ) from None


def merge(root: Path, other: Progress) -> Progress:
    """Add what *other*, from another machine, knows: of each kata, what is further."""

    def add(old: Progress) -> Progress:
        merged = dict(old.katas)
        for name, theirs in other.katas.items():
            merged[name] = _further(merged.get(name, Entry()), theirs)
        return Progress(merged, old.here)

    return change(root, add)


def _further(mine: Entry, theirs: Entry) -> Entry:
    last = max(mine, theirs, key=lambda entry: entry.seen)
    # Who solved it last passed the newer suite.
    passed = max(mine, theirs, key=lambda entry: (bool(entry.solved), entry.seen))
    tasks = mine.hints.keys() | theirs.hints.keys()
    return Entry(
        suite=passed.suite,
        solved=_first(mine.solved, theirs.solved),
        begun=_first(mine.begun, theirs.begun),
        seen=last.seen,
        gave_up=_first(mine.gave_up, theirs.gave_up),
        seconds=max(mine.seconds, theirs.seconds),
        runs=max(mine.runs, theirs.runs),
        task=last.task,
        hints={
            task: max(mine.hints.get(task, 0), theirs.hints.get(task, 0)) for task in sorted(tasks)
        },
    )


def _first(*moments: str) -> str:
    return min((moment for moment in moments if moment), default="")
