"""A kata as it was at first, without git; what stood there is kept.

The stubs lie below ``dojo/stubs``, a text file for each file that a learner edits.
``dojo verify --take-stubs`` brings them up to date when an author has changed a stub.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dojo import catalogue, progress
from dojo.model import DojoError, ExitCode, Kata

STUBS = Path("dojo", "stubs")
KEPT = Path(progress.FOLDER, "kept")
# Of a file that was not there.
MODE = 0o644


@dataclass(frozen=True)
class Reset:
    """What a reset has done.

    Attributes:
        written: Names of the files that are stubs again; those that were are not among them.
        kept: Folder with what stood in them; None if there was nothing to keep.
    """

    written: tuple[str, ...]
    kept: Path | None


def stub_of(root: Path, kata: Kata, name: str) -> Path:
    """Return where the stub of a file of *kata* lies."""
    return root / STUBS / kata.slug / f"{name}.txt"


def reset(root: Path, kata: Kata) -> Reset:
    """Put the stubs of *kata* in their places, and keep what stood there.

    Files that the learner has added stay; no stub imports them.

    Raises:
        DojoError: A stub is missing, or there is no room; then nothing has been replaced.
    """
    stubs = {name: read_stub(root, kata, name) for name in kata.edit}
    changed = tuple(name for name, stub in stubs.items() if bytes_of(kata.folder / name) != stub)
    kept = keep(root, kata.slug, [kata.folder / name for name in changed])
    for name in changed:
        write(kata.folder / name, stubs[name])
    return Reset(changed, kept)


def read_stub(root: Path, kata: Kata, name: str) -> bytes:
    """Return the stub of a file of *kata*.

    Raises:
        DojoError: It is not there.
    """
    path = stub_of(root, kata, name)
    if (stub := bytes_of(path)) is None:
        where = catalogue.relative(path, root)
        raise DojoError(
            f"{where}: the stub of katas/{kata.slug}/{name} is missing.\n"
            f"`git restore {where}` brings it back. Nothing has been changed.",
            code=ExitCode.USAGE,
        )
    return stub


def keep(root: Path, label: str, paths: Iterable[Path]) -> Path | None:
    """Copy those of *paths* that exist to a new folder below ``.dojo/kept``; return it.

    A file that is not below *root* keeps its name alone.

    Raises:
        DojoError: There is no room for them.
    """
    there = [path for path in paths if path.is_file()]
    if not there:
        return None
    try:
        folder = new_folder(root / KEPT, f"{datetime.now():%Y-%m-%d-%H%M%S}-{label}")
        for path in there:
            copy = folder / catalogue.relative(path, root).lstrip("/")
            copy.parent.mkdir(parents=True, exist_ok=True)
            write(copy, path.read_bytes())
    except OSError as error:
        raise DojoError(
            f"{error.filename or root / KEPT}: your files can't be kept there: {error.strerror}.\n"
            "Free some disk space or make the folder writable, then run the command again. "
            "Nothing has been changed."
        ) from None
    return folder


def new_folder(parent: Path, name: str) -> Path:
    """Make a folder called *name*, or *name* with a number if that exists."""
    parent.mkdir(parents=True, exist_ok=True)
    for number in range(1, 1000):
        folder = parent / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise FileExistsError(17, "there are a thousand already", str(parent / name))


def write(path: Path, data: bytes) -> None:
    """Put *data* into the file at *path*, as one step.

    Raises:
        DojoError: It can't be written; what stood there still does.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = path.stat().st_mode if path.exists() else MODE
        progress.replace(path, data)
        os.chmod(path, mode)
    except OSError as error:
        raise DojoError(
            f"{path}: the file can't be written: {error.strerror}.\n"
            "Make it writable (or free some disk space), then run the command again."
        ) from None


def bytes_of(path: Path) -> bytes | None:
    """Return what the file at *path* holds; None if there is none."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def outdated(root: Path, katas: Iterable[Kata]) -> Iterator[tuple[Kata, str]]:
    """Yield each file whose stub is not the one that lies below ``dojo/stubs``."""
    for kata in katas:
        for name in kata.edit:
            stub = bytes_of(kata.folder / name)
            if stub is not None and stub != bytes_of(stub_of(root, kata, name)):
                yield kata, name


def take(root: Path, katas: Iterable[Kata]) -> list[Path]:
    """Make what stands below ``katas`` the stubs, as an author does; return which have changed."""
    taken = []
    for kata, name in [*outdated(root, katas)]:
        taken.append(stub_of(root, kata, name))
        write(taken[-1], (kata.folder / name).read_bytes())
    return taken
