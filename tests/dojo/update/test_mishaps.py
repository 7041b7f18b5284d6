"""A kill at any step, a disk that refuses, two updates at once: nothing is lost."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dojo import changes, cli, update
from dojo.copies import GIVEN
from dojo.model import ExitCode
from tests.dojo.conftest import Build
from tests.dojo.house import SOLVED, House
from tests.dojo.update.conftest import NEWER, VIEWS, Capture, held, publish, rename

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]


class Killed(BaseException):
    """Stands for the end of the process."""


def kill_at(patch: pytest.MonkeyPatch, number: int) -> list[str]:
    """Let the step of that number fail, of those that change the disk; return the steps so far."""
    steps: list[str] = []

    def counted(name: str, real: Callable[..., None]) -> Callable[..., None]:
        def step(*args: object, **kwargs: object) -> None:
            steps.append(f"{name} {args}")
            if len(steps) == number:
                raise Killed
            real(*args, **kwargs)

        return step

    for name in ("replace", "rename", "unlink"):
        patch.setattr(os, name, counted(name, getattr(os, name)))
    return steps


@pytest.mark.parametrize("informed", [False, True], ids=["first update", "later update"])
def test_a_kill_at_any_step_is_mended_by_the_next_run(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, informed: bool
) -> None:
    """The end is the same as without it, for every kind of change."""
    old, new = build(), build()
    for house in (old, new):
        house.remove("solutions")
        for slug in ("k102_moved", "k103_gone", "k104_hands"):
            house.add_kata(slug, solutions=False)
    old.write_metadata("k103_gone", may_add=["test_*.py"])
    old.write("katas/k104_hands/tasks.py", "given")
    publish(old, "1")
    new.write(VIEWS, NEWER)
    new.write("katas/k104_hands/tasks.py", "stub")
    new.write_metadata("k104_hands", edit=["tasks.py"])
    for parent in ("katas", "tests", "dojo/stubs"):
        new.remove(f"{parent}/k103_gone")
    new.add_kata("k105_new", solutions=False)
    rename(new, "k102_moved", "k202_moved")
    publish(new, "2")
    if informed:
        shutil.copytree(old.root, tmp_path / "same")
        update.carry_out(changes.between(old.root, tmp_path / "same"))
    for slug in ("k102_moved", "k103_gone", "k104_hands"):
        old.write(f"katas/{slug}/views.py", SOLVED)
    old.write("katas/k102_moved/helper.py", "mine")
    old.write("katas/k103_gone/test_mine.py", "mine")

    whole = tmp_path / "whole"
    shutil.copytree(old.root, whole)
    update.carry_out(changes.between(whole, new.root))
    # All that is looked at to tell what is to be changed; and then, nothing is.
    wanted, given = held(whole), (whole / GIVEN).read_bytes()
    assert not changes.between(whole, new.root)
    assert wanted["katas/k202_moved/views.py"] == SOLVED
    assert {path for path in wanted if "k103" in path} == {
        "katas/k103_gone/views.py",
        "katas/k103_gone/test_mine.py",
    }

    monkeypatch.setattr(os, "fsync", lambda handle: None)  # the disk is not what is tested here
    for number in range(1, 1000):
        root = tmp_path / f"killed-{number}"
        shutil.copytree(old.root, root)
        with monkeypatch.context() as patch:
            steps = kill_at(patch, number)
            try:
                update.carry_out(changes.between(root, new.root))
            except Killed:
                pass
            else:
                break
        update.carry_out(changes.between(root, new.root))
        assert held(root) == wanted, steps[-1]
        assert (root / GIVEN).read_bytes() == given, steps[-1]
        texts = {path.read_text() for path in root.rglob("*") if path.is_file()}
        assert {SOLVED, "mine"} <= texts
        shutil.rmtree(root)
    assert number > 40


def test_a_file_that_cannot_be_written_is_named(
    mine: House, new: House, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """And the tool is as it was, if it was the tool's turn."""

    def refuse(one: Path, other: Path) -> None:
        raise OSError(13, "Permission denied", str(one))

    before = held(mine.root)["dojo/tool.py"]
    monkeypatch.setattr(os, "rename", refuse)

    assert cli.main(["update", str(new.root)]) == ExitCode.FAULT

    assert "this can't be changed: Permission denied.\nMake it writable" in capsys.readouterr().err
    assert held(mine.root)["dojo/tool.py"] == before


def test_two_updates_at_once_are_refused(mine: House, new: House, capsys: Capture) -> None:
    """The second one changes nothing."""
    before = held(mine.root)

    with update.only_one(mine.root):
        assert cli.main(["update", str(new.root)]) == ExitCode.USAGE

    assert "another update is under way" in capsys.readouterr().err
    assert held(mine.root) == before
