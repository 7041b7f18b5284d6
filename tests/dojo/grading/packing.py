"""Makes submissions of all kinds from names and contents."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

Files = Mapping[str, bytes]


def as_folder(path: Path, files: Files) -> Path:
    """Make a folder."""
    path.mkdir(parents=True)
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


def as_zip(path: Path, files: Files, method: int = zipfile.ZIP_DEFLATED) -> Path:
    """Make a zip."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def as_tar(path: Path, files: Files) -> Path:
    """Make a tar, compressed as the ending of *path* says."""
    kind = path.suffix[1:]
    with tarfile.open(path, "w" if kind == "tar" else f"w:{kind}") as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


def as_clone(path: Path, files: Files) -> Path:
    """Make a git repository of one commit."""
    as_folder(path, files)
    git(path, "init", "--quiet", "--initial-branch=main")
    git(path, "add", "--all", "--force")
    git(path, "commit", "--quiet", "--message=All")
    return path


def as_bundle(path: Path, files: Files) -> Path:
    """Make a git bundle of one commit."""
    clone = as_clone(path.with_suffix(".clone"), files)
    git(clone, "bundle", "create", "--quiet", str(path), "HEAD")
    return path


def git(folder: Path, *words: str) -> None:
    """Run git in *folder*."""
    environ = {
        "PATH": os.environ["PATH"],
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    who = ("-c", "user.name=n", "-c", "user.email=e", "-c", "commit.gpgSign=false")
    subprocess.run(["git", "-C", str(folder), *who, *words], env=environ, check=True)
