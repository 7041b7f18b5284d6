"""Reports onto disk: each whole or not at all, where no submission's name can misplace them."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from dojo.grading.model import Gradebook
from dojo.model import DojoError, ExitCode
from dojo.reports import FORMATS

LONGEST_NAME = 100
# Windows takes these for devices, whatever their ending.
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def save(gradebook: Gradebook, formats: Sequence[str], folder: Path) -> tuple[Path, ...]:
    """Write *gradebook* in each of *formats* below *folder*, which is made if need be.

    Returns:
        The files, in the order of writing: ``folder/<file>``, ``folder/<submission>/<file>``.

    Raises:
        DojoError: There is no such format, or a file can't be written.
    """
    if unknown := [name for name in formats if name not in FORMATS]:
        raise DojoError(
            f"There is no report format {', '.join(map(repr, unknown))}.\n"
            f"Choose from: {', '.join(FORMATS)}.",
            code=ExitCode.USAGE,
        )
    saved = []
    for path, text in texts(gradebook, formats):
        try:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            put(folder / path, text.encode())
        except OSError as error:
            raise DojoError(
                f"{folder / path}: this report can't be written: {error.strerror or error}.\n"
                "Make the folder writable (or free some disk space), or name another folder, then "
                "run the command again: what is graded stays graded."
            ) from None
        saved.append(folder / path)
    return tuple(saved)


def texts(gradebook: Gradebook, formats: Sequence[str]) -> Iterator[tuple[Path, str]]:
    """Yield where each report belongs, relative to the folder, and what stands in it."""
    folders = folder_names(gradebook)
    for module in (FORMATS[name] for name in dict.fromkeys(formats)):
        if not module.PER_SUBMISSION:
            yield Path(module.FILE), module.write(gradebook)
            continue
        for name, submission in zip(folders, gradebook.submissions, strict=True):
            yield Path(name, module.FILE), module.write(gradebook, submission)


def folder_names(gradebook: Gradebook) -> list[str]:
    """Return a folder's name for each submission: safe on every system, and unique there."""
    taken = {module.FILE for module in FORMATS.values() if not module.PER_SUBMISSION}
    names = []
    for submission in gradebook.submissions:
        safe = name = safe_name(submission.name)
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{safe}-{number}"
        taken.add(name.casefold())
        names.append(name)
    return names


def safe_name(name: str) -> str:
    """Return *name* with nothing but letters, digits, dots and dashes, and not too long."""
    kept = re.sub(r"[^\w.-]+", "_", unicodedata.normalize("NFC", name)).strip("._-")
    kept = kept.encode(errors="ignore")[:LONGEST_NAME].decode(errors="ignore").rstrip("._-")
    return f"_{kept}" if not kept or DEVICES.match(kept) else kept


def put(path: Path, data: bytes) -> None:
    """Put *data* into the file at *path* so that a reader sees all of it or the old one."""
    # Not a temporary file of the library's: those are for their owner's eyes only, and a
    # platform may read reports as somebody else.
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with unfinished.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise
