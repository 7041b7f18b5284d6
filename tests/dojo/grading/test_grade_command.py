"""``dojo grade``: exit codes, and what is refused before anything is run."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from dojo.cli import main
from dojo.grading import batch, sandbox
from dojo.grading.batch import Plan
from dojo.grading.journal import Journal
from dojo.grading.model import Gradebook, KataHead, KataMark, SubmissionMark, TestMark, Verdict
from dojo.grading.sandbox import Level
from dojo.model import ExitCode
from tests.dojo.house import KATA, SOLVED, House

HALF = TestMark("test_views.py::test_doubles", "Doubles.", 1, Verdict.FAILED, worth=100)
WHOLE = TestMark(
    "test_views.py::test_doubles", "Doubles.", 1, Verdict.PASSED, earned=100, worth=100
)


@pytest.fixture
def plans(house: House, monkeypatch: pytest.MonkeyPatch) -> list[Plan]:
    """Hand in one submission; grade without running anything. Gives the plans that were made."""
    house.write(f"class/ada/katas/{KATA}/views.py", SOLVED)
    made: list[Plan] = []

    def grade(plan: Plan, notes: Journal, progress: object) -> Gradebook:
        made.append(plan)
        marks = tuple(
            SubmissionMark(one.name, one.path.name, (outcome_of(one.name),)) for one in plan.sources
        )
        head = KataHead(KATA, "Double", 1, 1)
        return Gradebook((head,), marks, str(plan.walls.level), {}, "k", notes.seed, "2026-01-01")

    monkeypatch.setattr(batch, "grade", grade)
    monkeypatch.setattr(sandbox, "probe", lambda most: Level(most, "walls"))
    return made


def outcome_of(name: str) -> KataMark:
    fault = "OSError: no space" if name == "faulty" else ""
    tests = () if fault else ((HALF,) if name == "half" else (WHOLE,))
    return KataMark(KATA, "Double", 1, 1, tests, fault=fault)


def grade(*words: str) -> int:
    try:
        return main(["grade", *words])
    except SystemExit as leaving:
        return int(leaving.code or 0)


def hand_in(house: House, *names: str) -> None:
    for name in names:
        shutil.copytree(house.root / "class" / "ada", house.root / "class" / name)


def test_marks_are_printed_and_reports_written(
    house: House, plans: list[Plan], capsys: pytest.CaptureFixture[str]
) -> None:
    assert grade("class", "--format", "json,csv") == ExitCode.PASS

    out = capsys.readouterr().out
    assert "ada" in out
    assert "Written: " in out
    assert (house.root / "grades" / "journal.jsonl").is_file()
    assert plans[0].walls.level.number == 2
    assert [kata.slug for kata in plans[0].katas] == [KATA]


@pytest.mark.parametrize(
    ("names", "words", "code"),
    [
        (["half"], [], ExitCode.PASS),
        (["half"], ["--strict"], ExitCode.TESTS_FAIL),
        ([], ["--strict"], ExitCode.PASS),
        (["faulty"], [], ExitCode.FAULT),
        (["half", "faulty"], ["--strict"], ExitCode.FAULT),
    ],
)
def test_the_exit_code_tells_how_it_went(
    house: House, plans: list[Plan], names: Sequence[str], words: Sequence[str], code: ExitCode
) -> None:
    hand_in(house, *names)

    assert grade("class", "--format", "json", *words) == code


def test_many_are_not_graded_without_walls(
    house: House, plans: list[Plan], capsys: pytest.CaptureFixture[str]
) -> None:
    """But one is, and many are when whoever grades says so."""
    assert grade("class", "--sandbox", "0", "--format", "json") == ExitCode.PASS
    hand_in(house, "bob")

    assert grade("class", "--sandbox", "0", "--format", "json") == ExitCode.USAGE
    assert "There is no sandbox here" in capsys.readouterr().err
    assert len(plans) == 1

    assert grade("class", "--sandbox", "0", "--unsafe", "--format", "json") == ExitCode.PASS
    assert plans[1].walls.level.number == 0


def test_lower_walls_than_asked_for_are_refused(
    plans: list[Plan], capsys: pytest.CaptureFixture[str]
) -> None:
    """Even for one submission."""
    words = ("class", "--format", "json", "--at-least", "2")
    assert grade(*words, "--sandbox", "1") == ExitCode.USAGE
    assert "--at-least 2: the sandbox that there is here is of level 1" in capsys.readouterr().err
    assert plans == []

    assert grade(*words) == ExitCode.PASS
    assert plans[0].walls.level.number == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["class", "--format", "word"], "there is no report called word"),
        (["class", "--katas", "k999"], "k999"),
        (["nowhere"], "nowhere"),
        (["class", "--executor", "no.such:thing"], "no.such"),
        (["class", "--names", "nowhere.csv"], "nowhere.csv"),
        (["class", "-j", "0"], "-j"),
        (["class", "--seconds", "0"], "--seconds"),
        ([], "SUBMISSION"),
    ],
)
def test_what_is_wrong_is_named_before_anything_runs(
    plans: list[Plan],
    capsys: pytest.CaptureFixture[str],
    words: Sequence[str],
    said: str,
) -> None:
    assert grade(*words) == ExitCode.USAGE

    assert said in capsys.readouterr().err
    assert plans == []


def test_another_seed_for_the_same_folder_is_refused(
    plans: list[Plan], capsys: pytest.CaptureFixture[str]
) -> None:
    assert grade("class", "--seed", "one", "--format", "json") == ExitCode.PASS
    assert grade("class", "--seed", "two", "--format", "json") == ExitCode.USAGE
    assert "seed one" in capsys.readouterr().err
    assert grade("class", "--format", "json", "--out", str(Path("elsewhere"))) == ExitCode.PASS
