"""Submissions that are zip or tar files: read in memory, as far as is needed, within caps."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import lzma
import stat
import struct
import tarfile
import zipfile
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from typing import IO, cast

from dojo.grading.members import (
    MB,
    MOST_FILE,
    MOST_MEMBERS,
    MOST_UNPACKED,
    Member,
    Refused,
    inside,
    plain,
    shown,
    too_big,
    too_many,
)
from dojo.source import UNREADABLE, Readable

BLOCK = 1 << 16
TAR_BLOCK = 512
MOST_DIRECTORY = 16 * MB
# The headers of one entry: a name, or its attributes.
MOST_HEADER = MB
# Enough for `xz -9`, which needs 65 MB; the file says how much is to be set aside.
XZ_MEMORY = 100 * MB
LOCAL_HEADER = 30
ENCRYPTED = 0x1
LINK = "a link or a device"
DAMAGED = (*UNREADABLE, lzma.LZMAError, struct.error, ArithmeticError, LookupError)


@contextlib.contextmanager
def damage_refused() -> Iterator[None]:
    """Take what zipfile, tarfile and decompressors raise for a finding about the submission."""
    try:
        yield
    except DAMAGED as error:
        why = plain(str(error)).rstrip(".") or type(error).__name__
        raise Refused(f"it can't be read to its end: {why}.") from None


class Capped(io.RawIOBase):
    """A zip file that hands out no more than is sane: zipfile reads its directory in one go."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def read(self, size: int = -1) -> bytes:
        """Return at most *size* bytes."""
        if size > MOST_DIRECTORY:
            raise too_many()
        return self.file.read(size)

    def seek(self, position: int, whence: int = io.SEEK_SET) -> int:
        """See `io.IOBase.seek`."""
        return self.file.seek(position, whence)

    def tell(self) -> int:
        """See `io.IOBase.tell`."""
        return self.file.tell()

    def seekable(self) -> bool:
        """See `io.IOBase.seekable`."""
        return True


def from_zip(file: IO[bytes]) -> Iterator[Member]:
    """Yield the files of a zip.

    Raises:
        Refused: It breaks a rule, or is damaged.
    """
    with damage_refused(), zipfile.ZipFile(cast("IO[bytes]", Capped(file))) as opened:
        entries = opened.infolist()
        if len(entries) > MOST_MEMBERS:
            raise too_many()
        check_overlap(entries)
        for entry in entries:
            # zipfile cuts a name off at NUL.
            if not entry.orig_filename.endswith("/"):
                path = inside(entry.orig_filename)
                kind = stat.S_IFMT(entry.external_attr >> 16)
                trouble = "" if kind in {0, stat.S_IFREG} else LINK
                yield Member(path, entry.file_size, partial(read_zipped, opened, entry), trouble)


def check_overlap(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse a zip of which two files share bytes; older versions of zipfile do not look."""
    in_order = sorted((one.header_offset, one.compress_size) for one in entries)
    for (offset, size), (following, _) in pairwise(in_order):
        if offset + LOCAL_HEADER + size > following:
            raise Refused("files in it overlap, as in a zip bomb.")


@damage_refused()
def read_zipped(opened: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Return the content of a file; see `Member.read`."""
    if entry.flag_bits & ENCRYPTED:
        raise Refused(f"{shown(entry.filename)} in it is encrypted. Pack it without a password.")
    # zipfile does not limit what a block of the others becomes.
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Refused(
            f"{shown(entry.filename)} in it is compressed by a method that is not read here "
            f"(number {entry.compress_type}). Pack it as a usual zip."
        )
    with opened.open(entry) as data:
        content = data.read(MOST_FILE + 1)
    if len(content) < min(entry.file_size, MOST_FILE + 1):
        raise zipfile.BadZipFile("a file is shorter than it says")
    return content


class Xz:
    """Content of an xz file, decompressed as it is asked for, with little memory."""

    def __init__(self, file: Readable) -> None:
        self.file = file
        self.stream = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY)

    def read(self, size: int, /) -> bytes:
        """Return at most *size* bytes; none at the end."""
        while not self.stream.eof:
            raw = self.file.read(BLOCK) if self.stream.needs_input else b""
            if not raw and self.stream.needs_input:
                raise EOFError("the compressed data end too early")
            if block := self.stream.decompress(raw, size):
                return block
        return b""


class Forward(io.RawIOBase):
    """What tarfile reads a tar from: decompressed on the way, forward only, and not without end.

    Attributes:
        last: What was read last.
    """

    def __init__(self, data: Readable) -> None:
        self.data, self.position, self.last = data, 0, b""

    def read(self, size: int = -1) -> bytes:
        """Return *size* bytes, or all that are left."""
        if not 0 <= size <= MOST_HEADER:
            raise Refused("the headers in it are too long.")
        blocks = []
        while size and (block := self.data.read(size)):
            blocks.append(block)
            size -= len(block)
            self.position += len(block)
            if self.position > MOST_UNPACKED:
                raise too_big(MOST_UNPACKED)
        self.last = b"".join(blocks)
        return self.last

    def seek(self, position: int, whence: int = io.SEEK_SET) -> int:
        """Go forward to *position*, or to the end."""
        if whence != io.SEEK_SET or position < self.position:
            raise ValueError("it leads back")
        while position > self.position and self.read(min(position - self.position, BLOCK)):
            pass
        return self.position

    def tell(self) -> int:
        """See `io.IOBase.tell`."""
        return self.position

    def seekable(self) -> bool:
        """See `io.IOBase.seekable`."""
        return True


def from_tar(file: IO[bytes], magic: bytes) -> Iterator[Member]:
    """Yield the files of a tar, which may be compressed, as its first bytes tell.

    Raises:
        Refused: It breaks a rule, or is damaged or no tar.
    """
    with damage_refused():
        yield from tarred(Forward(decompressed(file, magic)))


def decompressed(file: IO[bytes], magic: bytes) -> Readable:
    """Return what gives the bytes of a tar."""
    if magic.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=file)
    if magic.startswith(b"BZh"):
        return bz2.BZ2File(file)
    return Xz(file) if magic.startswith(b"\xfd7zXZ\0") else file


def tarred(forward: Forward) -> Iterator[Member]:
    """Yield the files of a tar."""
    opened = first_of(forward)
    for number, entry in enumerate(iter(opened.next, None)):
        if number >= MOST_MEMBERS:
            raise too_many()
        opened.members.clear()  # type: ignore[attr-defined]
        if not entry.isdir():
            path = inside(entry.name)
            trouble = "" if entry.isreg() and not entry.issparse() else LINK
            if entry.issparse():
                trouble = "a sparse file"
            yield Member(path, entry.size, partial(read_tarred, opened, entry), trouble)
    # To tarfile, a tar that was cut off and one with a bad header just end.
    if forward.last != bytes(TAR_BLOCK):
        raise tarfile.ReadError("it ends too early")
    # Only then do decompressors compare checksums.
    while forward.read(BLOCK):
        pass


def first_of(forward: Forward) -> tarfile.TarFile:
    """Open a tar, of which the first header is read now."""
    try:
        return tarfile.TarFile(
            fileobj=cast("IO[bytes]", forward), encoding="utf-8", errors="surrogateescape"
        )
    except tarfile.TarError:
        raise Refused(
            "it is no zip, tar (.gz, .bz2, .xz) or git bundle, or a damaged one."
        ) from None


@damage_refused()
def read_tarred(opened: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    """Return the content of a file; see `Member.read`."""
    content = opened.extractfile(entry)
    assert content is not None, "it is a file"
    return content.read(MOST_FILE + 1)
