"""Where a newer version of the katas comes from: a folder, an archive, or the clone's upstream.

An archive is a stranger's file: what it says about names, links and sizes is not believed.
"""

from __future__ import annotations

import contextlib
import gzip
import os
import shutil
import stat
import subprocess
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, Protocol

from dojo import catalogue
from dojo.model import DojoError, ExitCode, Problem

MOST_FILES, MOST_BYTES = 10_000, 200_000_000
# A tar's own headers and padding: some for each file.
MOST_TAR_BYTES = MOST_BYTES + MOST_FILES * 2_048
GIT_PATIENCE_S = 300
REMEDY = "Give a folder, or a .zip or .tar.gz file as a code host offers it."
# Whatever the machine that made the archive says, a file can be read and replaced here.
PLAIN, PROGRAM = 0o644, 0o755
UNREADABLE = (
    *(OSError, EOFError, ValueError, RuntimeError, NotImplementedError),
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error),
)


class Readable(Protocol):
    """What bytes can be read from."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many of them; none at the end."""


class SourceError(DojoError):
    """What was given holds no version of the katas."""

    def __init__(self, where: str, what: str, remedy: str) -> None:
        super().__init__(
            f"{where}: {what}\n{remedy} Nothing has been changed.", code=ExitCode.USAGE
        )


@contextlib.contextmanager
def opened(source: str | None, root: Path) -> Iterator[Path]:
    """Give the root folder of another version of the house at *root*.

    Args:
        source: A folder, a zip or tar.gz file; None for what git fetches.

    Raises:
        SourceError: There is none, or it breaks a rule of the house.
    """
    with contextlib.ExitStack() as stack:
        where = source or "the upstream of this clone"
        folder = Path(source or "").expanduser()
        if source is None or not folder.is_dir():
            scratch = tempfile.TemporaryDirectory(prefix="dojo-", ignore_cleanup_errors=True)
            parent = Path(stack.enter_context(scratch))
            archive = fetch(root, parent / "fetched.tar") if source is None else folder
            folder = parent / "unpacked"
            folder.mkdir()
            unpack(archive, folder, where)
        yield checked(folder.resolve(), root, where)


def checked(folder: Path, root: Path, where: str) -> Path:
    """Return the root of the house in *folder*, once it is known to be sound."""
    inside = [path for path in folder.iterdir() if path.is_dir() and path.name != "__MACOSX"]
    places = [folder, *(inside if len(inside) == 1 else [])]
    house = next((one for one in places if (one / "katas/chapters.toml").is_file()), None)
    if house is None:
        raise SourceError(
            where,
            "there are no katas in it (katas/chapters.toml is missing).",
            "Give the folder or the archive of a whole version.",
        )
    if house == root.resolve():
        raise SourceError(
            where,
            "this is your own copy.",
            "Give the folder or the archive of another version.",
        )
    try:
        katas, problems = catalogue.read(house)
        catalogue.chapters(house)
    except catalogue.CatalogueError as error:
        katas, problems = (), (catalogue.as_problem(error),)
    if not katas and not problems:
        problems = (Problem("katas", "there is no kata in this folder.", ""),)
    if problems:
        rules = "\n".join(f"  {problem.where}: {problem.what}" for problem in problems)
        raise SourceError(
            where,
            f"its katas can't be read:\n{rules}",
            "Download it again, or tell whoever made it.",
        )
    return house


def unpack(archive: Path, folder: Path, where: str, remedy: str = REMEDY) -> None:
    """Unpack a zip or a tar, compressed or not, into the empty *folder*.

    Args:
        remedy: What to give instead, where there is no archive that can be unpacked.
    """
    if not archive.is_file():
        raise SourceError(where, "there is no such file or folder.", remedy)
    try:
        if zipfile.is_zipfile(archive):
            from_zip(archive, folder, where)
        else:
            from_tar(archive, folder, where)
    except UNREADABLE as error:
        raise SourceError(where, f"it can't be unpacked: {error}.", remedy) from None


def from_zip(archive: Path, folder: Path, where: str) -> None:
    """Unpack a zip."""
    with zipfile.ZipFile(archive) as opened_zip:
        room = Room(where)
        for entry in opened_zip.infolist():
            mode = entry.external_attr >> 16
            if stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
                raise refused(where, entry.filename, "is a link or a device")
            path = inside(folder, entry.filename, where)
            if entry.is_dir():
                path.mkdir(parents=True, exist_ok=True)
                continue
            room.take(entry.file_size)
            with opened_zip.open(entry) as data:
                put(path, data, entry.file_size, mode)


def from_tar(archive: Path, folder: Path, where: str) -> None:
    """Unpack a tar, after it has been decompressed as far as is allowed."""
    with tempfile.TemporaryFile() as plain:
        with archive.open("rb") as raw:
            compressed = raw.read(2) == b"\x1f\x8b"
        with gzip.open(archive) if compressed else archive.open("rb") as data:
            copy(data, plain, MOST_TAR_BYTES, where)
        plain.seek(0)
        room = Room(where)
        with tarfile.open(fileobj=plain, mode="r:") as opened_tar:
            for entry in opened_tar:
                path = inside(folder, entry.name, where)
                if entry.isdir():
                    path.mkdir(parents=True, exist_ok=True)
                    continue
                if not entry.isfile():
                    raise refused(where, entry.name, "is a link or a device")
                room.take(entry.size)
                content = opened_tar.extractfile(entry)
                assert content is not None
                put(path, content, entry.size, entry.mode)


class Room:
    """What an archive may still take."""

    def __init__(self, where: str) -> None:
        self.where, self.files, self.bytes = where, 0, 0

    def take(self, size: int) -> None:
        """Count one more file of so many bytes."""
        self.files += 1
        self.bytes += size
        if self.files > MOST_FILES or self.bytes > MOST_BYTES:
            raise too_big(self.where)


def inside(folder: Path, name: str, where: str) -> Path:
    """Return the place of an entry; refuse one that leads out of *folder*."""
    path, windows = PurePosixPath(name), PureWindowsPath(name)
    if path.is_absolute() or windows.drive or "\\" in name or ".." in path.parts:
        raise refused(where, name, "leads out of its folder")
    return folder / path


def put(path: Path, data: IO[bytes], size: int, mode: int) -> None:
    """Write a file of *size* bytes; one that holds more has lied about it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(data.read(size))
        if data.read(1):
            raise ValueError(f"{path.name} is larger than it says")
    path.chmod(PROGRAM if mode & stat.S_IXUSR else PLAIN)


def copy(data: Readable, target: IO[bytes], most: int, where: str) -> None:
    """Copy *data*, of *most* bytes at most."""
    while block := data.read(1 << 20):
        target.write(block)
        if target.tell() > most:
            raise too_big(where)


def refused(where: str, name: str, why: str) -> SourceError:
    """Return the error for an entry that no honest archive of the katas has."""
    return SourceError(
        where, f"{name!r} in it {why}.", "Download it again from where the katas come from."
    )


def too_big(where: str) -> SourceError:
    """Return the error for what can't be a version of the katas."""
    return SourceError(
        where,
        f"it holds more than {MOST_FILES:,} files or {MOST_BYTES // 1_000_000} MB.",
        "Give an archive of the katas alone.",
    )


def fetch(root: Path, archive: Path) -> Path:
    """Fetch the upstream of the branch that is checked out into the tar *archive*; return it.

    The work tree, the index and the branches stay as they are.

    Raises:
        SourceError: There is no git, no clone, no upstream, or no answer.
    """
    if shutil.which("git") is None:
        raise no_upstream(root, "git is not installed here")
    top = git(root, "rev-parse", "--show-toplevel")
    # The katas may lie, without a history of their own, inside a clone of something else.
    if top.returncode or not os.path.samefile(top.stdout.strip(), root):
        raise no_upstream(root, "this folder is not a clone of the katas")
    upstream = git(root, "rev-parse", "--abbrev-ref", "--symbolic-full-name", "@{upstream}")
    if upstream.returncode:
        raise no_upstream(root, "the branch of this clone has no upstream")
    for words in (
        ("fetch", "--quiet"),
        ("archive", "--format=tar", f"--output={archive}", "@{upstream}"),
    ):
        done = git(root, *words)
        if done.returncode:
            raise SourceError(
                str(root),
                f"`git {words[0]}` failed: {' '.join(done.stderr.split()) or 'no reason given'}.",
                "Mend that, or name a folder, a .zip or a .tar.gz file: "
                "`python3 -m dojo update SOURCE`.",
            )
    return archive


def git(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run git in *root*, to its end."""
    command = ["git", "-C", str(root), *words]
    try:
        return subprocess.run(  # noqa: S603 - our own words
            command, capture_output=True, text=True, errors="replace", timeout=GIT_PATIENCE_S
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 1, "", f"no answer in {GIT_PATIENCE_S} s")


def no_upstream(root: Path, why: str) -> SourceError:
    """Return the error for a copy that can't know where it comes from."""
    return SourceError(
        str(root),
        f"{why}, so there is nothing to fetch from.",
        "Name a folder, a .zip or a .tar.gz file: `python3 -m dojo update SOURCE`.",
    )
