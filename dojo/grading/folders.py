"""Submissions that are folders: walked without following a link or waiting for a pipe.

Each folder is opened from the one that holds it, so what is swapped meanwhile leads nowhere else.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from functools import partial
from itertools import count

from dojo.grading.members import (
    MOST_DEPTH,
    MOST_FILE,
    MOST_MEMBERS,
    PASSED_OVER,
    LeftOut,
    Member,
    too_many,
)

UNREADABLE = "can't be read"


def open_quietly(name: str | os.PathLike[str], folder: int | None = None) -> int:
    """Return a descriptor of a file or folder: never of what a link points to, and at once.

    Raises:
        OSError: It is a link, or can't be opened.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
    return os.open(name, flags, dir_fd=folder)


def members(folder: int) -> Iterator[Member]:
    """Yield what is in the open *folder*, in the order of names; what tools left is passed over.

    Raises:
        Refused: There are too many files.
    """
    return walk(folder, "", count(1))


def walk(folder: int, above: str, seen: Iterator[int]) -> Iterator[Member]:
    """Yield what is in one folder and below.

    Args:
        above: Its path, with ``/`` behind.
        seen: Numbers all files and folders of the submission, from 1.
    """
    entries = []
    with os.scandir(folder) as found:
        for entry in found:
            if next(seen) > MOST_MEMBERS:
                raise too_many()
            entries.append(entry)
    for entry in sorted(entries, key=lambda entry: entry.name):
        path = above + entry.name
        if PASSED_OVER.search(entry.name):
            continue
        try:
            size, trouble = 0, ""
            if entry.is_dir(follow_symlinks=False):
                if above.count("/") >= MOST_DEPTH:
                    trouble = f"below {MOST_DEPTH} folders"
                else:
                    yield from below(entry.name, folder, path, seen)
                    continue
            else:
                status = entry.stat(follow_symlinks=False)
                size, trouble = status.st_size, trouble_with(status.st_mode)
        except OSError:
            trouble = UNREADABLE
        yield Member(path, size, partial(read, entry.name, folder), trouble)


def below(name: str, folder: int, path: str, seen: Iterator[int]) -> Iterator[Member]:
    """Yield what is in the folder *name* of *folder*; see `walk`."""
    inner = open_quietly(name, folder)
    try:
        yield from walk(inner, f"{path}/", seen)
    finally:
        os.close(inner)


def trouble_with(mode: int) -> str:
    """Return why what has this mode can't be taken; empty for a file."""
    if stat.S_ISLNK(mode):
        return "a link"
    return "" if stat.S_ISREG(mode) else "neither a file nor a folder"


def read(name: str, folder: int) -> bytes:
    """Return the content of a file; see `Member.read`."""
    try:
        with open(open_quietly(name, folder), "rb", closefd=True) as file:
            # It may not be any more what it was.
            if trouble := trouble_with(os.fstat(file.fileno()).st_mode):
                raise LeftOut(trouble)
            return file.read(MOST_FILE + 1)
    except OSError:
        raise LeftOut(UNREADABLE) from None
