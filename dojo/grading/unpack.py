"""From a submission to the files that are judged: those that its katas ask for, and no others.

Nothing is written to disk; only for a git bundle, git writes to a temporary folder. `places` says
where in a submission its katas are looked for.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from dojo.grading import archives, bundles, folders
from dojo.grading.intake import Source
from dojo.grading.members import Member, Refused
from dojo.grading.places import Search
from dojo.model import Kata

MAGIC_LENGTH = 16
CAUSES = {
    errno.ENOENT: "there is no such file or folder.",
    errno.ELOOP: "it is a link. Give what it points to.",
    errno.EACCES: "reading it is not permitted.",
}


@dataclass(frozen=True)
class HandIn:
    """What a submission holds of the katas that were asked for.

    Attributes:
        files: Content by name relative to the kata's folder, by slug; only files of `edit` and
            `may_add`, and only katas of which there are any.
        notes: What was left out and why, fit to be shown.
        refused: Why nothing could be taken, fit to be shown; then `files` is empty.
    """

    files: Mapping[str, Mapping[str, bytes]]
    notes: tuple[str, ...] = ()
    refused: str = ""


def unpack(source: Source, katas: Sequence[Kata]) -> HandIn:
    """Take in a submission, as far as *katas* (at least one) ask for it.

    Raises:
        DojoError: Something is amiss here and not with the submission.
    """
    search = Search(katas)
    try:
        with opened(source.path) as file, contextlib.closing(members(file)) as found:
            for member in found:
                search.look_at(member)
        files = {slug: place.files for slug, place in search.chosen().items()}
    except Refused as refused:
        return HandIn({}, search.notes(), str(refused))
    return HandIn(files, search.notes())


@contextlib.contextmanager
def opened(path: Path) -> Iterator[int]:
    """Open a file or a folder; not one that a link points to."""
    try:
        file = folders.open_quietly(path)
    except OSError as error:
        cause = CAUSES.get(error.errno or 0, f"it can't be opened: {error.strerror}.")
        raise Refused(cause) from None
    try:
        yield file
    finally:
        os.close(file)


def members(file: int) -> Generator[Member]:
    """Yield the files of an open folder or archive.

    Raises:
        Refused: It is none, or hostile, or damaged.
    """
    status = os.fstat(file)
    if stat.S_ISDIR(status.st_mode):
        yield from folders.members(file)
    elif not stat.S_ISREG(status.st_mode):
        raise Refused("it is neither a file nor a folder.")
    elif not status.st_size:
        raise Refused("it is empty.")
    else:
        with open(file, "rb", closefd=False) as data:
            yield from packed(data)


def packed(data: IO[bytes]) -> Iterator[Member]:
    """Yield the files of an archive, of which the first bytes tell the kind."""
    magic = data.read(MAGIC_LENGTH)
    data.seek(0)
    if magic.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return archives.from_zip(data)
    if magic.startswith(bundles.OTHER):
        return bundles.from_bundle(data)
    return archives.from_tar(data, magic)
