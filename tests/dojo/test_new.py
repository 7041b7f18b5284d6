"""`dojo new` lays down a kata that works and is not finished; `verify` leads its author on."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from dojo import authoring, catalogue, cli, parts
from dojo import verify as proofs
from dojo.cli import verify
from dojo.model import DojoError, Problem
from tests.dojo.conftest import Build
from tests.dojo.house import KATA, House

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]

SLUG = "k102_late_desk"
# What an author comes to, in this order.
STEPS = [
    f"katas/{SLUG}/README.md",
    f"katas/{SLUG}/kata.toml",
    f"katas/{SLUG}/urls.py",
    f"katas/{SLUG}/views.py",
    f"tests/{SLUG}/test_page.py",
    f"solutions/{SLUG}/answer/views.py",
    f"solutions/{SLUG}/accepted/create_task/views.py",
    f"solutions/{SLUG}/accepted/task_group/views.py",
    *(
        f"solutions/{SLUG}/rejected/{name}/views.py"
        for name in ("made_up", "not_caught", "sequential", "swallowed", "task_by_task")
    ),
    f"solutions/{SLUG}/rejected.toml",
    f"solutions/{SLUG}/README.md",
    f"katas/{SLUG}/hints.md",
]
Say = Callable[..., tuple[int, str, str]]
PROVE = proofs.prove


@pytest.fixture
def say(house: House, capsys: pytest.CaptureFixture[str]) -> Say:
    """Return a function that runs a command in the house: its exit code, and what it printed."""

    def say(*words: str) -> tuple[int, str, str]:
        code = cli.main(words)
        return code, *capsys.readouterr()

    return say


@pytest.fixture(scope="module")
def begun(build: Build) -> House:
    """A house with a kata that has just been begun."""
    house = build()
    authoring.write(house.root, authoring.draft(house.root, "late_desk", chapter=1))
    return house


def files(root: Path) -> dict[str, str]:
    """Return all that lies below *root*, empty folders too."""
    return {
        path.relative_to(root).as_posix(): path.read_text() if path.is_file() else ""
        for path in root.rglob("*")
        if "__pycache__" not in path.parts
    }


def fill_in(house: House) -> int:
    """Write for an author who likes the example: reword every mark; return how many there were."""
    marks = 0
    for parent in ("katas", "tests", "solutions"):
        for path in parts.files_below(house.root / parent / SLUG):
            text, found = re.subn(re.escape(parts.MARK), "Written", path.read_text())
            path.write_text(text)
            marks += found
    return marks


def test_the_skeleton_is_laid_down_with_the_next_number(house: House, say: Say) -> None:
    """It says where, and what to type next; nothing else is left in the house."""
    before = files(house.root)

    code, out, _ = say("new", "late_desk", "--chapter", "1", "--title", "The late desk's page")

    assert code == 0
    assert out.startswith(f"{SLUG} is there: a small kata that works")
    assert out.endswith("  python3 -m dojo verify k102\n")
    kata = house.kata(SLUG)
    assert kata.title == "The late desk's page"
    assert [task.title for task in kata.tasks] == ["Ask both at once", "Say which desk is down"]
    after = files(house.root)
    assert {path: after[path] for path in before} == before
    new = {path for path in after.keys() - before.keys() if SLUG not in path}
    assert new == set()
    assert after[f"dojo/stubs/{SLUG}/views.py.txt"] == after[f"katas/{SLUG}/views.py"]


def test_all_that_is_wrong_with_a_skeleton_are_its_marks(begun: House) -> None:
    """In the order in which an author works, with the line and the words that stand there."""
    found = sorted(parts.check(begun.kata(SLUG), begun.root), key=parts.step)

    assert {problem.what[: len(parts.MARK)] for problem in found} == {parts.MARK}
    assert [*dict.fromkeys(problem.where.partition(":")[0] for problem in found)] == STEPS
    path, _, line = found[0].where.partition(":")
    written = (begun.root / path).read_text().splitlines()[int(line) - 1]
    assert str(found[0]) == (
        f"{path}:{line}: {written}\nPut yours in place of the example and of this line."
    )


def test_a_skeleton_fits_the_linter_whatever_its_name(house: House) -> None:
    """With the longest name and title that there may be, no line of Python is too long."""
    name, title = "x" * authoring.LONGEST_NAME, "X" * authoring.LONGEST_TITLE
    new = authoring.draft(house.root, name, chapter=1, title=title)

    folders = authoring.write(house.root, new)

    lines = [
        line
        for folder in folders
        for path in folder.rglob("*.py")
        for line in path.read_text().splitlines()
    ]
    assert len(lines) > 100
    assert [line for line in lines if len(line) > 100] == []


def test_a_step_that_is_undone_is_reported_at_its_place() -> None:
    """Whatever finds the problem, a run or a look at the files."""
    places = [
        "katas/k102_x/README.md",
        "katas/k102_x/views.py",
        "dojo/stubs/k102_x/views.py.txt",
        "tests/k102_x",
        "katas/k102_x",
        "solutions/k102_x/answer",
        "solutions/k102_x/accepted/one",
        "solutions/k102_x/rejected.toml",
        "solutions/k102_x",
        "katas/k102_x/hints.md",
    ]

    steps = [parts.step(Problem(place, "", "")) for place in places]

    assert steps == [0, 1, 2, 3, 3, 4, 5, 6, 7, 8]


def parts_alone(job: proofs.Job, root: Path, **options: object) -> proofs.Proof:
    """Prove the parts, and let what needs a run hold."""
    return PROVE(job, root) if job.kind == "parts" else proofs.Proof(job, ())


def test_verify_leads_the_author_until_the_kata_is_whole(
    house: House, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few problems at a time, and how many are left; once all is written, every proof holds."""
    house.furnish()
    say("new", "late_desk", "--chapter", "1")

    one = ("--workers", "1")  # to start a second process takes longer than the runs of a kata
    code, out, _ = say("verify", "late_desk", "--wrong", "none", *one)
    shown = re.findall(r"(?m)^(\S+):\d+: TODO", out)
    with monkeypatch.context() as patch:  # only the parts: the runs hold, as they just did
        patch.setattr(proofs, "prove", parts_alone)
        _, everything, _ = say("verify", "late_desk", "--wrong", "none", "--all", *one)
    marks = fill_in(house)
    last, whole, _ = say("verify", "late_desk", "--take-stubs", *one)

    assert code == 1
    assert shown == [f"katas/{SLUG}/README.md"] * verify.MOST_SHOWN
    assert f"\n{marks - verify.MOST_SHOWN} more after these {verify.MOST_SHOWN}: mend these" in out
    assert everything.count(parts.MARK) == marks
    assert "4 of 5 proofs hold" in out
    assert last == 0, whole
    assert f"dojo/stubs/{SLUG}/views.py.txt: taken." in whole
    assert "10 of 10 proofs hold" in whole


@pytest.mark.parametrize(
    ("word", "more", "message"),
    [
        (
            "Late-Desk",
            {"chapter": 1},
            "'Late-Desk' can't be the name of a kata.\nUse words in lower case, joined by `_`, at "
            "most 30 characters: `late_desk`; a number goes before it, k with three digits: "
            "`k305_late_desk`.",
        ),
        ("k102", {}, "'k102' can't be the name of a kata.\nUse words in lower case, joined by `_`"),
        ("../x", {"chapter": 1}, "'../x' can't be the name of a kata.\n"),
        ("k12_late", {"chapter": 1}, "'k12_late' can't be the name of a kata.\nUse words"),
        ("a" * 31, {"chapter": 1}, "can't be the name of a kata.\n"),
        ("late_desk", {}, "Which chapter is late_desk for?\nAdd `--chapter N`: 1 (First views), 2"),
        ("late_desk", {"chapter": 9}, "There is no chapter 9.\nUse one of 1 (First views), 2"),
        ("k901_late_desk", {}, "There is no chapter 9.\n"),
        (
            "k201_late_desk",
            {"chapter": 1},
            "k201 is a number of chapter 2, not of 1.\nLeave out the number or --chapter.",
        ),
        (
            "k101_late_desk",
            {},
            f"{KATA} has this number already.\nThe next that is free is k102; without a number, "
            "you get it.",
        ),
        (
            "k305_double",
            {},
            f"{KATA} has this name already, and progress is kept by name.\nChoose another name.",
        ),
        ("late_desk", {"chapter": 1, "title": 'A "late" desk'}, "can't be a title.\nUse one line"),
        ("late_desk", {"chapter": 1, "title": "A\nlate desk"}, "can't be a title.\nUse one line"),
    ],
)
def test_what_can_not_be_is_said_with_what_can(
    build: Build, word: str, more: dict[str, int | str], message: str
) -> None:
    """A name, a number, a chapter, a title; exit code 2."""
    house = build()

    with pytest.raises(DojoError) as raised:
        authoring.draft(house.root, word, **more)  # type: ignore[arg-type]

    assert message in str(raised.value)
    assert raised.value.code == 2


@pytest.mark.parametrize("left", ["katas", "tests", "solutions", "dojo/stubs"])
def test_nothing_that_is_there_is_overwritten(house: House, left: str) -> None:
    """A left-over in any tree is enough; one with nothing in it, too."""
    house.write(f"{left}/k103_late_desk/notes.txt", "mine")
    (house.root / left / SLUG).mkdir()
    before = files(house.root)

    with pytest.raises(DojoError, match="k103_late_desk has this name already"):
        authoring.draft(house.root, "late_desk", chapter=1)
    house.remove(f"{left}/k103_late_desk/notes.txt")
    with pytest.raises(DojoError, match=f"{left}/{SLUG}: this folder exists already"):
        authoring.draft(house.root, "late_desk", chapter=1)
    assert files(house.root) == {
        path: text for path, text in before.items() if not path.endswith("notes.txt")
    }


def test_a_full_chapter_is_said(house: House) -> None:
    """There are 99 numbers to a chapter."""
    for number in range(102, 200):
        house.write(f"katas/k{number}_kata_{number}/kata.toml", "")

    with pytest.raises(DojoError, match="Chapter 1 is full"):
        authoring.draft(house.root, "late_desk", chapter=1)


def test_a_copy_without_solutions_is_for_learners(house: House, say: Say) -> None:
    """An author would have nowhere to prove anything."""
    house.remove("solutions")

    code, _, err = say("new", "late_desk", "--chapter", "1")

    assert code == 2
    assert (
        "there is no folder solutions/: this copy is for learners.\nWrite katas in a clone" in err
    )


def test_everything_is_written_or_nothing(
    house: House, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full when the last folder is to be put in its place."""
    before = files(house.root)

    def rename(source: Path, target: Path) -> None:
        if target.parent.name == "katas":
            raise OSError(28, "No space left on device", str(target))
        os.replace(source, target)

    monkeypatch.setattr(os, "rename", rename)
    code, _, err = say("new", "late_desk", "--chapter", "1")

    assert code == 3
    assert f"katas/{SLUG}: can't be written: No space left on device.\n" in err
    assert "Nothing has been left behind." in err
    assert files(house.root).keys() == before.keys()


def test_the_catalogue_finds_nothing_amiss(begun: House) -> None:
    """Its metadata are valid, and it stands beside the other katas."""
    assert [kata.slug for kata in catalogue.load(begun.root)] == [KATA, SLUG]
