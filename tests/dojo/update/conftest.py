"""A learner's copy, a newer version of it, and what both hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from dojo import catalogue
from tests.dojo.conftest import Build
from tests.dojo.house import KATA, STUB, House

VIEWS = f"katas/{KATA}/views.py"
NEWER = STUB + "\n# A better stub.\n"
PROJECT = '[project]\nversion = "{}"\ndependencies = {}\n'
Capture = pytest.CaptureFixture[str]


def publish(house: House, version: str, dependencies: str = "[]") -> None:
    """Make a whole version of a house: with a project, a tool and the stubs as they stand."""
    house.write("pyproject.toml", PROJECT.format(version, dependencies))
    house.write("dojo/tool.py", f"VERSION = {version!r}\n")
    for kata in catalogue.load(house.root):
        for name in kata.edit:
            text = (kata.folder / name).read_text(encoding="utf-8")
            house.write(f"dojo/stubs/{kata.slug}/{name}.txt", text)


def held(root: Path) -> dict[str, str]:
    """Return what all files hold, but for the copies that updates keep."""
    return {
        name: path.read_text(encoding="utf-8")
        for path in sorted(root.rglob("*"))
        if path.is_file() and not (name := path.relative_to(root).as_posix()).startswith(".dojo")
    }


def everything(root: Path) -> dict[str, str]:
    """Return what all files hold."""
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def rename(house: House, slug: str, to: str) -> None:
    """Give a kata another number, as its author would."""
    for parent in ("katas", "tests", "solutions", "dojo/stubs"):
        if (house.root / parent / slug).is_dir():
            (house.root / parent / slug).rename(house.root / parent / to)
    house.change(f"tests/{to}/test_views.py", slug, to)


@pytest.fixture
def new(build: Build) -> House:
    """Make a newer version of the house in which the learner stands."""
    newer = build()
    publish(newer, "2")
    return newer


@pytest.fixture
def mine(house: House) -> House:
    """Make the learner's copy of the older version."""
    publish(house, "1")
    return house
