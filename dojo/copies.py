"""What a copy of the katas holds: which files, what its katas leave to the learner, its version."""

from __future__ import annotations

import fnmatch
import json
import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from dojo import catalogue, progress, reset
from dojo.model import DojoError

# What an update has brought: the files that no learner edits, as a list in JSON.
GIVEN = Path(progress.FOLDER, "given.json")
MARK = "pyproject.toml"
PARTS = ("katas", "tests", "solutions", "docs", "dojo", ".ci", ".devcontainer", ".github")
# Of what lies beside given files, what is nobody's answer and no part of a version.
LEFT_BY_TOOLS = (
    *("__pycache__", "*.py[cod]", ".*_cache", ".DS_Store", ".git", ".dojo", ".tox", ".venv"),
    *("build", "dist", "db.sqlite3*", "*.egg-info", "*.swp", "*~"),
)
PASSED_OVER = re.compile("|".join(map(fnmatch.translate, LEFT_BY_TOOLS)))


@dataclass(frozen=True)
class Old:
    """A kata's folder as it stands in the learner's copy.

    Attributes:
        edit: What a learner edits there; None if that can't be known any more.
    """

    slug: str
    edit: frozenset[str] | None
    may_add: tuple[str, ...]

    def is_learners(self, name: str) -> bool:
        """Tell whether a file of the folder is the learner's by the kata's own word."""
        path = PurePosixPath(name)
        return self.edit is None or name in self.edit or any(map(path.match, self.may_add))


def old_katas(root: Path) -> Iterator[Old]:
    """Yield the katas of the learner's copy, also where an update was interrupted."""
    for folder in catalogue.kata_folders(root / "katas"):
        try:
            table = catalogue.parse_toml(folder / "kata.toml", root)
        except DojoError:
            table = {}
        edit: Any = table.get("edit")
        may_add: Any = table.get("may_add")
        stubs = root / reset.STUBS / folder.name
        if stubs.is_dir() and not catalogue.is_left_over(folder):
            edit = [
                at.relative_to(stubs).as_posix().removesuffix(".txt") for at in stubs.rglob("*.txt")
            ]
        names = frozenset(edit) if isinstance(edit, list) else None
        yield Old(folder.name, names, tuple(may_add) if isinstance(may_add, list) else ())


def known(root: Path) -> frozenset[str] | None:
    """Return the files that the version which is installed brought; None if nobody knows."""
    try:
        return frozenset(map(str, json.loads((root / GIVEN).read_text(encoding="utf-8"))))
    except (OSError, ValueError, TypeError):
        return None


def files(root: Path, *parts: str) -> Iterator[str]:
    """Yield the paths of all files in the folders *parts*; with several, those at the top too."""
    tops = sorted(path.name for path in root.iterdir() if path.is_file()) if parts[1:] else []
    yield from (name for name in tops if not is_passed_over(name))
    for part in parts:
        for folder, folders, names in os.walk(root / part):
            folders[:] = sorted(name for name in folders if not is_passed_over(name))
            at = os.path.relpath(folder, root).replace(os.sep, "/")
            yield from (f"{at}/{name}" for name in sorted(names) if not is_passed_over(name))


def is_passed_over(name: str) -> bool:
    """Tell whether a file or folder of this name is what a tool has left there."""
    return PASSED_OVER.match(name) is not None


def same(one: Path, other: Path) -> bool:
    """Tell whether two files hold the same; what is not there equals nothing."""
    held = reset.bytes_of(one) if one.is_file() else None
    return held is not None and other.is_file() and held == reset.bytes_of(other)


def stub_at(root: Path, slug: str, name: str) -> Path:
    """Return where a version keeps the stub of a file."""
    return root / reset.STUBS / slug / f"{name}.txt"


def project(root: Path) -> dict[str, Any]:
    """Return what a version says of itself in its pyproject.toml; empty if it can't be read."""
    try:
        table = tomllib.loads((root / MARK).read_text(encoding="utf-8"))["project"]
    except (OSError, ValueError, KeyError):
        return {}
    return table if isinstance(table, dict) else {}
