"""Submissions that are git bundles: read by git in an empty repository of ours, within limits.

Nothing is checked out: git lists the files of one commit and prints those that are wanted. No
configuration, hook, attribute or reference of the submission is in force; its objects are checked.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from dojo.grading.members import (
    MB,
    MOST_BUNDLE,
    MOST_FILE,
    MOST_MEMBERS,
    Member,
    Refused,
    inside,
    too_big,
    too_many,
)
from dojo.model import DojoError

MAGIC = b"# v2 git bundle\n"
OTHER = b"# v"
REFERENCE = re.compile(rb"([0-9a-f]{40}) ([!-~\x80-\xff]+)\n")
MOST_REFERENCES, MOST_LINE, MOST_LISTING = 10_000, 4_096, 16 * MB
PATIENCE_S, CPU_S, MEMORY_KB = 120, 60, 1_500_000
# Not in this process: it may have threads. Where the system knows no such limit, there is none.
LIMITED = (
    f"ulimit -t {CPU_S}; ulimit -v {MEMORY_KB} 2>/dev/null; ulimit -f {MOST_BUNDLE // 512}; "
    'exec git "$@"'
)
CONFIGURATION = (
    *("core.hooksPath=/dev/null", "core.fsmonitor=false", "core.bigFileThreshold=1m"),
    *("core.attributesFile=/dev/null", "protocol.allow=never", "pack.threads=1", "gc.auto=0"),
)
ENTRY = re.compile(rb"(\d+) (\w+) ([0-9a-f]{40}) +(\d+|-)\t(.+)", re.DOTALL)
KINDS = {b"100644": "", b"100755": "", b"100664": "", b"120000": "a link"}


@dataclass(frozen=True)
class Repository:
    """An empty bare repository, and the folder around it."""

    folder: Path

    def git(self, *words: str, reads: IO[bytes] | int = subprocess.DEVNULL, most: int) -> bytes:
        """Run git to its end, on this repository, and return what it prints.

        Raises:
            Refused: It failed, or took or printed more than it may.
        """
        settings = [word for one in CONFIGURATION for word in ("-c", one)]
        command = ["/bin/sh", "-c", LIMITED, "sh", *settings, *words]
        with tempfile.TemporaryFile(dir=self.folder) as output:
            try:
                ended = subprocess.run(  # noqa: S603 - our own words
                    command,
                    cwd=self.folder,
                    env=self.environ(),
                    stdin=reads,
                    stdout=output,
                    stderr=subprocess.DEVNULL,
                    timeout=PATIENCE_S,
                )
            except subprocess.TimeoutExpired:
                raise Refused(f"git needs more than {PATIENCE_S} s to read it.") from None
            size = output.tell()
            if size > most:
                raise too_big(most)
            if ended.returncode:
                raise Refused(
                    f"git can't read it: `git {words[0]}` failed. Make it of the whole branch: "
                    "`git bundle create NAME.bundle HEAD`."
                )
            output.seek(0)
            return output.read()

    def environ(self) -> dict[str, str]:
        """Return the variables that git runs with."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.folder),
            "LC_ALL": "C",
            "GIT_DIR": str(self.folder / "repository"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_TERMINAL_PROMPT": "0",
        }


def from_bundle(file: IO[bytes]) -> Iterator[Member]:
    """Yield the files of the commit that a bundle is about.

    Raises:
        Refused: It breaks a rule, or is damaged.
        DojoError: There is no git here.
    """
    if shutil.which("git") is None:
        raise DojoError(
            "git is not installed here, and a submission is a git bundle.\n"
            "Install git, then run the command again."
        )
    commit = head(references(file))
    start = file.tell()
    if file.seek(0, os.SEEK_END) > MOST_BUNDLE:
        raise too_big(MOST_BUNDLE)
    # git reads on where the descriptor stands.
    os.lseek(file.fileno(), start, os.SEEK_SET)
    with tempfile.TemporaryDirectory(prefix="dojo-", ignore_cleanup_errors=True) as folder:
        repository = Repository(Path(folder))
        repository.git("init", "--quiet", "--bare", "--template=", "--object-format=sha1", most=MB)
        repository.git("index-pack", "--strict", "--stdin", reads=file, most=MB)
        words = ("ls-tree", "-r", "-z", "--long", "--full-tree", commit)
        lines = repository.git(*words, most=MOST_LISTING).split(b"\0")
        if len(lines) > MOST_MEMBERS:
            raise too_many()
        for line in filter(None, lines):
            entry = ENTRY.fullmatch(line)
            if entry is None:
                raise Refused("git lists a file in it that can't be understood.")
            mode, _, name, size, path = entry.groups()
            trouble = KINDS.get(mode, "neither a file nor a folder")
            read = partial(repository.git, "cat-file", "blob", name.decode(), most=MOST_FILE)
            where = inside(path.decode("utf-8", "surrogateescape"))
            yield Member(where, 0 if trouble else int(size), read, trouble)


def references(file: IO[bytes]) -> dict[bytes, str]:
    """Read the head of a bundle, up to its pack; return the commits by reference."""
    if file.readline(MOST_LINE) != MAGIC:
        raise Refused(
            "it is a git bundle of a version that is not read here. Make one of version 2."
        )
    found: dict[bytes, str] = {}
    for _ in range(MOST_REFERENCES):
        line = file.readline(MOST_LINE)
        if line == b"\n":
            return found
        if line.startswith(b"-"):
            raise Refused(
                "it is a git bundle of a part of the history. Make it of the whole branch: "
                "`git bundle create NAME.bundle HEAD`."
            )
        match = REFERENCE.fullmatch(line)
        if match is None:
            break
        found[match[2]] = match[1].decode()
    raise Refused("it is a damaged git bundle.")


def head(found: dict[bytes, str]) -> str:
    """Return the commit that counts: of HEAD, else of main or master, else of the only branch."""
    for name in (b"HEAD", b"refs/heads/main", b"refs/heads/master"):
        if name in found:
            return found[name]
    if len(set(found.values())) == 1:
        return next(iter(found.values()))
    raise Refused(
        "it is a git bundle of no branch, or of several without a HEAD. Make it of one: "
        "`git bundle create NAME.bundle HEAD`."
    )
