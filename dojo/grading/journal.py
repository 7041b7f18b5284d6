"""What has been graded so far: one JSON object a line, appended, so that a killed batch goes on.

The first line names the seed. Each other line is a mark, under a key made of all that it depends
on: kit, files, walls and seed. So what has changed is graded anew, and nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import filelock

from dojo.grading import codec
from dojo.grading.model import KataMark
from dojo.model import DojoError, ExitCode

NAME = "journal.jsonl"
VERSION = 1


class Journal:
    """The journal of one folder of results.

    Attributes:
        seed: What inputs are drawn from, in this folder.
        marks: By key.
    """

    def __init__(self, path: Path, seed: str, marks: dict[str, KataMark]) -> None:
        self.path, self.seed, self.marks = path, seed, marks
        self.lock = threading.Lock()

    def note(self, key: str, mark: KataMark) -> None:
        """Keep *mark*; once this returns, a crash does not lose it. A fault is not kept.

        Raises:
            DojoError: There is no room.
        """
        if not mark.marked:
            return
        with self.lock:
            append(self.path, {"key": key, "mark": codec.to_table(mark)})
            self.marks[key] = mark


@contextmanager
def opened(folder: Path, seed: str | None) -> Iterator[Journal]:
    """Open the journal of *folder*, or begin one, for the block; nobody else has it meanwhile.

    Args:
        seed: To begin with, or the one that the journal has; None for whichever it is.

    Raises:
        DojoError: Another batch has it, it can't be written, or it has another seed.
    """
    path = folder / NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(folder / f"{NAME}.lock", timeout=0)
        lock.acquire()
    except filelock.Timeout:
        raise DojoError(
            f"{folder}: another `grade` is writing there.\n"
            "Wait for its end, or choose another folder with `--out`.",
            code=ExitCode.USAGE,
        ) from None
    except OSError as error:
        raise cannot_write(path, error) from error
    try:
        yield begin(path, seed)
    finally:
        lock.release()


def begin(path: Path, seed: str | None) -> Journal:
    """Read the journal at *path*, or begin one."""
    lines = list(whole_lines(path))
    if not lines:
        fresh = seed or secrets.token_hex(8)
        append(path, {"journal": VERSION, "seed": fresh})
        return Journal(path, fresh, {})
    head = lines[0]
    if head.get("journal") != VERSION or not isinstance(head.get("seed"), str):
        raise DojoError(
            f"{path}: this is no journal of this version of the dojo.\n"
            "Choose another folder with `--out`, or move that file away.",
            code=ExitCode.USAGE,
        )
    if seed is not None and seed != head["seed"]:
        raise DojoError(
            f"{path}: its inputs were drawn from the seed {head['seed']}, not from {seed}.\n"
            "Leave `--seed` out to go on with it, or choose another folder with `--out`.",
            code=ExitCode.USAGE,
        )
    return Journal(path, head["seed"], marks_in(lines[1:]))


def whole_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects in *path*; a last line that was cut off is cut away."""
    try:
        data = path.read_bytes() if path.exists() else b""
        end = data.rfind(b"\n") + 1
        if end < len(data):
            os.truncate(path, end)
    except OSError as error:
        raise cannot_write(path, error) from error
    for line in data[:end].splitlines():
        with contextlib.suppress(ValueError):
            found = json.loads(line)
            if isinstance(found, dict):
                yield found


def marks_in(lines: list[dict[str, Any]]) -> dict[str, KataMark]:
    """Return the marks in *lines* by key; what is none is graded again."""
    found = {}
    for line in lines:
        with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError):
            found[str(line["key"])] = codec.from_table(KataMark, line["mark"])
    return found


def append(path: Path, line: Mapping[str, Any]) -> None:
    """Write one line at the end of *path*, through to the disk."""
    try:
        with path.open("ab") as file:
            file.write(json.dumps(line).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise cannot_write(path, error) from error


def cannot_write(path: Path, error: OSError) -> DojoError:
    """Return what is said when the journal can't be kept."""
    return DojoError(
        f"{path}: the journal can't be written: {error.strerror or error}.\n"
        "What is in it stays; make room, or choose another folder with `--out`, and run the "
        "command again: it goes on where it stopped."
    )


def key_of(*parts: str) -> str:
    """Return the key of a mark: a hash of all that it depends on."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
