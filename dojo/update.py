"""Takes a newer version of the katas into a learner's copy, and keeps what it replaces.

Every file is written as one step, in an order that lets a kill at any moment be mended by running
the update again. First what the katas are made of; then ``pyproject.toml``, so that the set-up
installs what the new tool needs; last the tool, ``dojo``, which is exchanged as a whole: half of it
could not run the update again, and its stubs tell until then what the learner has not touched.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from dojo import progress, reset
from dojo.changes import Changes
from dojo.copies import GIVEN, MARK
from dojo.model import DojoError, ExitCode

# A file, or the new `dojo`, until it is whole; the old `dojo` until it is gone.
STAGING = Path(progress.FOLDER, "update")


@contextlib.contextmanager
def only_one(root: Path) -> Iterator[None]:
    """Let nobody else update the copy at *root* in the block.

    Raises:
        DojoError: Somebody does.
    """
    from filelock import FileLock, Timeout

    path = root / progress.FOLDER / "update.lock"
    try:
        path.parent.mkdir(exist_ok=True)
        lock = FileLock(path, timeout=0)
        lock.acquire()
    except Timeout:
        raise DojoError(
            f"{root}: another update is under way.\n"
            "Wait until it has ended, then run the command again if there is still a need.",
            code=ExitCode.USAGE,
        ) from None
    except OSError as error:
        raise cannot_change(error, path) from None
    try:
        yield
    finally:
        lock.release()


def carry_out(changes: Changes) -> Path | None:
    """Do what is planned; return the folder with copies of all that was replaced or removed.

    Raises:
        DojoError: A file can't be written. Running the update again goes on from there.
    """
    root = changes.root
    kept = reset.keep(root, "update", [root / path for path in changes.replaced()])
    if changes.known is not None:
        note_given(root, changes.known | changes.given)
    for path in sorted(changes.writes, key=last_of_its_kata):
        if path != MARK:
            put(root, path, changes.writes[path])
    for path in changes.removals:
        remove(root / path, root)
    if MARK in changes.writes:
        put(root, MARK, changes.writes[MARK])
    if changes.dojo:
        exchange(changes)
    shutil.rmtree(root / STAGING, ignore_errors=True)
    note_given(root, changes.given)
    return kept


def last_of_its_kata(path: str) -> bool:
    """Tell whether a file is to be written after the others: it says what they are."""
    return path.endswith(".toml")


def put(root: Path, path: str, source: Path) -> None:
    """Write what *source* holds, as one step that leaves nothing beside it, even after a kill."""
    target, staged = root / path, root / STAGING / "file"
    try:
        data, mode = source.read_bytes(), source.stat().st_mode
        target.parent.mkdir(parents=True, exist_ok=True)
        staged.parent.mkdir(parents=True, exist_ok=True)
        with staged.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        before = target.stat().st_mode if target.exists() else reset.MODE
        # A program can be run afterwards.
        staged.chmod(stat.S_IMODE(before) | (0o111 if mode & stat.S_IXUSR else 0))
        try:
            os.replace(staged, target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            reset.write(target, data)  # a part of the copy lies on a disk of its own
    except OSError as error:
        raise cannot_change(error, target) from None


def remove(path: Path, root: Path) -> None:
    """Remove a file, and the folders that are empty then."""
    try:
        path.unlink(missing_ok=True)
        for folder in path.parents:
            left = {one.name for one in folder.iterdir()} if folder.is_dir() else {""}
            if folder == root or left - {"__pycache__"}:
                break
            shutil.rmtree(folder)
    except OSError as error:
        raise cannot_change(error, path) from None


def exchange(changes: Changes) -> None:
    """Put the new ``dojo`` in the place of the old one: two renames, and nothing between them."""
    staging, dojo = changes.root / STAGING, changes.root / "dojo"
    try:
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(parents=True)
        for path, source in changes.dojo.items():
            put(staging, path, source)
        if dojo.is_dir():
            os.rename(dojo, staging / "old")
        try:
            os.rename(staging / "dojo", dojo)
        except BaseException:
            with contextlib.suppress(OSError):
                os.rename(staging / "old", dojo)
            raise
    except OSError as error:
        raise cannot_change(error, dojo) from None


def note_given(root: Path, given: frozenset[str]) -> None:
    """Write down what the version brings, for the next update."""
    reset.write(root / GIVEN, json.dumps(sorted(given), indent=0).encode())


def cannot_change(error: OSError, path: Path) -> DojoError:
    """Return the error for a file that can't be written or removed."""
    return DojoError(
        f"{error.filename or path}: this can't be changed: {error.strerror}.\n"
        "Make it writable (or free some disk space), then run the command again: it goes on from "
        "there. Nothing is lost."
    )
