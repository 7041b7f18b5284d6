"""Writes files into a new folder or a new zip: all of them, or nothing at all."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from dojo.model import DojoError, ExitCode

# The same files make the same archive, whenever and wherever: zip knows no time before this one.
MOMENT = (1980, 1, 1, 0, 0, 0)
PLAIN, PROGRAM = 0o644, 0o755

# What a folder or an archive holds: bytes by path, with slashes.
Tree = Mapping[str, bytes]


def new_place(target: Path, root: Path) -> Path:
    """Return *target* as an absolute path, once it is known that nothing is there.

    Args:
        target: What is to be made: a zip if it is called so, else a folder, which may be empty.
        root: Folder of the repository, in which it must not lie.

    Raises:
        DojoError: It can't be made there.
    """
    place = target.expanduser().resolve()
    if place.is_relative_to(root.resolve()):
        raise refused(target, "this lies inside the repository that is exported")
    if not place.parent.is_dir():
        raise refused(target, f"{place.parent} is not a folder")
    if place.is_dir() and not is_zip(place):
        if any(place.iterdir()):
            raise refused(target, "this folder is not empty")
    elif os.path.lexists(place):
        raise refused(target, "this exists, and it is not replaced")
    return place


def is_zip(place: Path) -> bool:
    """Tell whether a zip is wanted there."""
    return place.suffix.lower() == ".zip"


def write(tree: Tree, place: Path, *, top: str) -> None:
    """Make the folder or the zip at *place*, which `new_place` has found free.

    Args:
        top: Name of the folder inside a zip that holds everything.

    Raises:
        DojoError: It can't be written; then nothing is left of it.
    """
    try:
        scratch = Path(tempfile.mkdtemp(dir=place.parent, prefix=f".{place.name}."))
        try:
            whole = scratch / place.name
            if is_zip(place):
                whole.write_bytes(zipped(tree, top))
            else:
                lay_down(tree, whole)
                with contextlib.suppress(FileNotFoundError):
                    place.rmdir()  # empty, or this fails
            if os.path.lexists(place):
                raise FileExistsError(17, "somebody else has just made it", str(place))
            os.rename(whole, place)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    except OSError as error:
        raise refused(place, f"this can't be written: {error.strerror}") from None


def zipped(tree: Tree, top: str = "") -> bytes:
    """Return a zip of *tree*, the same for the same files."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(tree):
            entry = zipfile.ZipInfo(f"{top}/{path}" if top else path, MOMENT)
            entry.create_system = 3  # Unix, which is what has modes
            entry.external_attr = (0o100000 | mode_of(tree[path])) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, tree[path])
    return data.getvalue()


def lay_down(tree: Tree, folder: Path) -> None:
    """Write *tree* into *folder*, which is made for it."""
    for path, data in sorted(tree.items()):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        file.chmod(mode_of(data))


def mode_of(data: bytes) -> int:
    """Return the mode of a file: a script that says what runs it can be run."""
    return PROGRAM if data.startswith(b"#!") else PLAIN


def refused(target: Path, why: str) -> DojoError:
    """Return the error for a place where nothing can be made."""
    return DojoError(
        f"{target}: {why}.\n"
        "Name a new or an empty folder, or a new .zip file, outside the repository. "
        "Nothing has been written.",
        code=ExitCode.USAGE,
    )
