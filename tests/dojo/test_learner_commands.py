"""A learner's small commands: hint, brief, solution, jump, reset, progress, status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dojo import cli, course, progress
from tests.dojo.house import KATA, SOLVED, STUB, House, views

Capture = pytest.CaptureFixture[str]
VIEWS = f"katas/{KATA}/views.py"
OTHER = "k205_more"


@pytest.fixture(autouse=True)
def _in_the_house(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Call commands where a learner would, in a house of two katas."""
    house.add_kata(OTHER)
    house.write_metadata(OTHER, title="More", concepts=["large numbers"], requires=["k101_double"])
    monkeypatch.chdir(house.root)
    monkeypatch.setenv("COLUMNS", "100")


def said(capsys: Capture, *words: str, code: int = 0) -> str:
    """Return what a command prints, and check its exit code."""
    assert cli.main(words) == code, capsys.readouterr()
    out, err = capsys.readouterr()
    return err if code else out


def test_hints_come_one_by_one_for_the_task_that_fails(house: House, capsys: Capture) -> None:
    """Each call shows one more; after the last it says how to see an answer."""
    progress.record(house.root, house.kata(), passed=False, task=2)

    first = said(capsys, "hint")
    second = said(capsys, "hint", "k101")
    third = said(capsys, "hint")

    assert first.startswith("k101 · task 2: Add them up\n")
    assert "Think of a sum." in first
    assert "Hint 2" not in first
    assert "Think of a sum." in second
    assert "Hint 2 of 3" in second
    assert "That was the last. `python3 -m dojo solution k101 --give-up`" in third
    assert said(capsys, "hint") == third
    assert "Think of a product." in said(capsys, "hint", "--task", "1")


def test_a_task_that_there_is_not_has_no_hint(house: House, capsys: Capture) -> None:
    """Nor has one whose hints are gone; nothing is noted."""
    assert "k101 has no task 3.\nIt has the tasks 1 to 2." in said(
        capsys, "hint", "--task", "3", code=2
    )
    house.write(f"katas/{KATA}/hints.md", "# Hints\n")
    assert f"katas/{KATA}/hints.md: there is no hint for task 1." in said(capsys, "hint", code=2)
    assert progress.load(house.root).katas == {}


def test_the_brief_is_shown_without_its_marks(capsys: Capture) -> None:
    """As a terminal shows Markdown."""
    shown = said(capsys, "brief")

    assert "double answers with twice the number." in shown
    assert "**" not in shown


def test_the_solution_is_for_those_who_have_solved_or_given_up(
    house: House, capsys: Capture
) -> None:
    """As a difference to the learner's own files, with the notes; giving up is noted."""
    house.write(VIEWS, views(double="number + number"))

    refused = said(capsys, "solution", "k101", code=2)
    assert "k101 is not solved yet." in refused
    assert "--give-up" in refused
    shown = said(capsys, "solution", "k101", "--give-up")

    assert "-    return number + number\n+    return number * 2\n" in shown
    assert "Why." in shown
    assert progress.load(house.root).of(house.kata()).gave_up
    house.write(VIEWS, SOLVED)
    assert "Your files are the same as the answer's." in said(capsys, "solution", "k101")


def test_without_a_name_the_solution_is_that_of_the_last_solved(
    house: House, capsys: Capture
) -> None:
    """Who has just solved a kata is on the next one already."""
    house.write(VIEWS, views(double="number + number"))
    progress.record(house.root, house.kata())

    assert "(yours)" in said(capsys, "solution")


def test_jumping_changes_where_the_way_goes_on(house: House, capsys: Capture) -> None:
    """Also to a solved kata; without a name, back to the first that is open."""
    assert said(capsys, "jump", "more").startswith("k205 More\n")
    assert f"  > {OTHER[:4]}  More" in said(capsys, "list")
    assert said(capsys, "jump").startswith("k101 Double\n")
    progress.record(house.root, house.kata())
    assert said(capsys, "jump", "k101").startswith("k101 Double\n")
    katas = house.kata(), house.kata(OTHER)
    assert course.here(katas, progress.load(house.root)) == katas[0]


def test_a_kata_for_other_versions_is_no_place_to_jump_to(house: House, capsys: Capture) -> None:
    """The reason is given."""
    house.write_metadata(OTHER, django=">=9")

    assert "k205 needs Django >=9" in said(capsys, "jump", "k205", code=2)
    assert progress.load(house.root).here == ""


def test_reset_gives_the_stub_back_and_keeps_the_rest(house: House, capsys: Capture) -> None:
    """Twice in a second, too; what the learner has added stays."""
    added = house.write(f"katas/{KATA}/notes.txt", "mine")
    for text in ("one = 1\n", "two = 2\n"):
        house.write(VIEWS, text)
        shown = said(capsys, "reset")
        assert f"{VIEWS} is the stub again.\nWhat you had written is in .dojo/kept/" in shown

    assert (house.root / VIEWS).read_text() == STUB.lstrip("\n")
    kept = sorted(path.read_text() for path in house.root.glob(f".dojo/kept/*/{VIEWS}"))
    assert kept == ["one = 1\n", "two = 2\n"]
    assert added.read_text() == "mine"
    assert said(capsys, "reset") == f"{VIEWS} is the stub already.\n"


def test_reset_brings_a_file_back_that_is_gone(house: House, capsys: Capture) -> None:
    """There is nothing to keep then."""
    house.remove(VIEWS)

    assert said(capsys, "reset", "k101") == f"{VIEWS} is the stub again.\n"
    assert (house.root / VIEWS).read_text() == STUB.lstrip("\n")


def test_a_reset_that_cannot_keep_the_old_file_changes_nothing(
    house: House, capsys: Capture
) -> None:
    """Here a file stands where the folder for it belongs."""
    house.write(VIEWS, SOLVED)
    house.write(".dojo/kept", "")

    assert "your files can't be kept there" in said(capsys, "reset", code=3)
    house.remove(f"dojo/stubs/{KATA}/views.py.txt")
    assert f"dojo/stubs/{KATA}/views.py.txt: the stub of {VIEWS} is missing." in said(
        capsys, "reset", code=2
    )
    assert (house.root / VIEWS).read_text() == SOLVED


def test_progress_goes_to_another_machine(house: House, tmp_path: Path, capsys: Capture) -> None:
    """By a file of one's own choice."""
    copy = str(tmp_path / "mine.json")
    progress.record(house.root, house.kata())

    assert "mine.json: noted there as solved: 1 of 2 katas." in said(
        capsys, "progress", "export", copy
    )
    house.remove(".dojo/progress.json")
    assert said(capsys, "progress", "import", copy) == "Solved now, too: k101.\n"
    assert said(capsys, "progress", "import", copy) == "Nothing new is solved.\n"
    assert "this file exists" in said(capsys, "progress", "export", copy, code=2)
    assert "no progress can be read" in said(
        capsys, "progress", "import", str(tmp_path / "none"), code=2
    )


def test_the_list_can_be_searched(capsys: Capture) -> None:
    """By words of titles and concepts, and by chapter."""
    assert "k101" not in said(capsys, "list", "large")
    assert "k205" not in said(capsys, "list", "chapter", "1")
    assert "k205" not in said(capsys, "list", "chapter", "5")
    assert "k205" in said(capsys, "list", "chapter", "2")
    assert "No kata is about that." in said(capsys, "list", "nothing")


def test_status_sums_up(house: House, capsys: Capture) -> None:
    """Where one is; then what has been shown, and how."""
    assert "You are at k101 Double." in said(capsys, "status")
    for kata in (house.kata(), house.kata(OTHER)):
        progress.record(house.root, kata)
    progress.show_hint(house.root, house.kata(), 1, most=3)
    house.append(f"tests/{KATA}/test_views.py", "\n# More.\n")

    shown = said(capsys, "status")

    assert "  k205  large numbers\n" in shown
    assert "2 of 2 without seeing the answer first, 1 without a hint." in shown
    assert "Check again, their suites have changed: k101." in shown
    assert "All katas are solved." in shown


def test_programs_get_json(house: House, capsys: Capture) -> None:
    """Of a run, the list, and where the learner stands."""
    house.furnish()
    house.write(VIEWS, views(total="0"))

    ran = json.loads(said_json(capsys, "run", VIEWS, "--json", code=1))
    listed = json.loads(said_json(capsys, "list", "--json"))
    stands = json.loads(said_json(capsys, "status", "--json"))

    assert (ran["kata"], ran["passed"]) == (KATA, False)
    assert [test["state"] for test in ran["tests"]] == ["passed", "failed"]
    assert ran["tests"][1]["id"] == f"tests/{KATA}/test_views.py::test_adds_up"
    assert "total([1, 2, 3]) is 0" in ran["tests"][1]["message"]
    assert [kata["kata"] for kata in listed] == [KATA, OTHER]
    assert listed[0]["edit"] == [VIEWS]
    assert stands == {"here": KATA, "solved": 0, "katas": 2, "seconds": 0, "check_again": []}


def said_json(capsys: Capture, *words: str, code: int = 0) -> str:
    """Return what stands on standard output, whatever the exit code."""
    assert cli.main(words) == code
    return capsys.readouterr().out
